// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/evidence.h"

#include "daemon/config/section.h"
#include "daemon/verdict/rule.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace bw {
namespace {

using config::Node;
using config::Problems;
using config::Section;

constexpr std::int64_t kDecibansMax = 60;

std::vector<std::string_view> group_names() {
  std::vector<std::string_view> names;
  names.reserve(kGroups);
  for (std::size_t g = 0; g < kGroups; ++g)
    names.push_back(print(static_cast<Group>(g)));
  return names;
}

Weights read_weights(std::optional<Section> section, bool is_complete) {
  Weights weights{};
  if (!section) return weights;
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    const auto name = print(static_cast<Hypothesis>(h));
    if (is_complete && !section->has(name))
      section->missing(name, "every hypothesis needs a prior");
    weights.at(h) = static_cast<int>(section->integer(name, 0, -kDecibansMax, kDecibansMax));
  }
  section->finish();
  return weights;
}

double read_share(Section& section, std::string_view key, double fallback) {
  const Node* node = section.find(key);
  if (node == nullptr) return fallback;
  const auto* value = std::get_if<double>(&node->value);
  if (value != nullptr && *value > 0 && *value < 1) return *value;
  section.problem(node->at, std::string(key) + " must be a share between 0 and 1, such as 0.5");
  return fallback;
}

void read_levels(Section& root, EvidenceWeights& weights) {
  auto section = root.table("levels");
  if (!section) return;
  constexpr Millis kDay{86'400'000};
  weights.watch = read_share(*section, "watch", weights.watch);
  weights.suspected = read_share(*section, "suspected", weights.suspected);
  weights.strongly_suspected =
      read_share(*section, "strongly_suspected", weights.strongly_suspected);
  weights.decided = read_share(*section, "decided", weights.decided);
  weights.decided_own_change =
      read_share(*section, "decided_own_change", weights.decided_own_change);
  weights.ceiling = read_share(*section, "ceiling", weights.ceiling);
  weights.release_benign = read_share(*section, "release_benign", weights.release_benign);
  weights.suspected_after =
      section->duration("suspected_after", weights.suspected_after, Millis{0}, kDay);
  weights.release_after =
      section->duration("release_after", weights.release_after, Millis{0}, kDay * 30);
  weights.hold = section->duration("hold", weights.hold, Millis{0}, kDay);
  if (weights.watch >= weights.suspected || weights.suspected >= weights.strongly_suspected) {
    section->problem(section->at(),
                     "watch, suspected and strongly_suspected must rise in this order");
  }
  section->finish();
}

void read_caps(Section& root, EvidenceWeights& weights) {
  auto section = root.table("caps");
  if (!section) return root.missing("caps", "one number a group");
  for (std::size_t g = 0; g < kGroups; ++g) {
    const auto name = print(static_cast<Group>(g));
    if (!section->has(name)) section->missing(name, "every group needs a cap");
    weights.caps.at(g) = static_cast<int>(section->integer(name, 0, 0, 100));
  }
  section->finish();
}

void read_signal(Section& section, EvidenceWeights& weights, std::vector<std::string_view>& known) {
  const auto name = section.required_text("name", "the signal's name, such as \"planned/change\"");
  SignalWeight signal;
  const auto group = section.word("group", group_names(), "scope");
  signal.group = parse_group(group).value_or(Group::scope);
  signal.half_life =
      section.duration("half_life", Millis{0}, Millis{0}, Millis{86'400'000LL * 365});
  signal.weights = read_weights(section.table("weights"), false);
  signal.is_hard = section.boolean("is_hard", false);
  signal.is_declaration = section.boolean("is_declaration", false);
  signal.would = section.text("would");
  signal.why = section.required_text("why", "where the numbers come from");
  section.finish();
  if (name.empty()) return;
  if (std::ranges::find(known, name) == known.end()) {
    section.problem(section.at("name"),
                    "no rule gives a signal \"" + name + "\"",
                    config::did_you_mean(name, known, "`bellwether list rules` shows them"));
  } else if (!weights.signals.emplace(name, std::move(signal)).second) {
    section.problem(section.at("name"), "the signal \"" + name + "\" stands here twice");
  }
}

}  // namespace

std::expected<EvidenceWeights, std::vector<Error>> parse_evidence(std::string_view text,
                                                                  const std::string& path) {
  Problems problems(path);
  auto document = config::parse_document(text);
  if (const auto* error = std::get_if<config::SyntaxError>(&document); error != nullptr) {
    problems.add(error->at, error->what);
    return std::unexpected(problems.take());
  }
  EvidenceWeights weights;
  Section root(std::get<Node>(document), path, problems);
  for (const auto* key : {"prior", "integrity_prior"}) {
    if (!root.has(key)) root.missing(key, "one number a hypothesis");
  }
  weights.prior = read_weights(root.table("prior"), true);
  weights.integrity_prior = read_weights(root.table("integrity_prior"), true);
  read_caps(root, weights);
  read_levels(root, weights);
  std::vector<std::string_view> known;
  for (const auto* rule : all_rules())
    known.insert(known.end(), rule->signals.begin(), rule->signals.end());
  for (auto& section : root.tables("signal", "name"))
    read_signal(section, weights, known);
  for (const auto signal : known) {
    if (!weights.signals.contains(signal)) {
      root.problem(root.at(), "the signal \"" + std::string(signal) + "\" has no [[signal]] entry");
    }
  }
  root.finish();
  if (problems.count() > 0) return std::unexpected(problems.take());
  return weights;
}

std::expected<EvidenceWeights, std::vector<Error>> load_evidence(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return std::unexpected(std::vector{Error{
        .what = "cannot be read", .where = path, .hint = "check the name and the permissions"}});
  }
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return parse_evidence(text, path);
}

const EvidenceWeights& builtin_evidence() {
  static const EvidenceWeights kWeights = [] {
    auto parsed = parse_evidence(builtin_evidence_text(), "config/evidence.toml");
    if (!parsed) {
      for (const auto& error : parsed.error())
        std::fprintf(stderr, "%s\n", print(error).c_str());
      std::abort();
    }
    return *std::move(parsed);
  }();
  return kWeights;
}

std::expected<EvidenceWeights, std::vector<Error>> evidence_of(const std::string& path) {
  if (path.empty()) return builtin_evidence();
  return load_evidence(path);
}

}  // namespace bw
