// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/config/evidence.h"
#include "daemon/config/feeds.h"
#include "daemon/config/nearest.h"
#include "daemon/notify/notifier.h"
#include "daemon/verdict/catalog_info.h"
#include "daemon/verdict/rule.h"
#include "daemon/verdict/weights.h"
#include "probes/probe.h"
#include "probes/time.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

void print_line(const Common& common, std::string_view name, std::string_view about) {
  std::printf("%s  %s\n", paint(common, 1, std::string(name)).c_str(), std::string(about).c_str());
}

ordered_json weights_of(const Weights& weights) {
  ordered_json json = ordered_json::object();
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    if (weights.at(h) != 0) json[std::string(print(static_cast<Hypothesis>(h)))] = weights.at(h);
  }
  return json;
}

void list_probes(const Common& common) {
  ordered_json json = ordered_json::array();
  for (const auto* kind : probe_kinds()) {
    if (!common.is_json) print_line(common, kind->name, kind->about);
    ordered_json settings = ordered_json::array();
    for (const auto& setting : kind->settings) {
      if (!common.is_json) {
        std::printf("    %-18s %-16s %s%s\n",
                    std::string(setting.key).c_str(),
                    std::string(setting.type).c_str(),
                    setting.is_required ? "(required) " : "",
                    std::string(setting.about).c_str());
      }
      settings.push_back({{"key", setting.key},
                          {"type", setting.type},
                          {"required", setting.is_required},
                          {"about", setting.about}});
    }
    json.push_back({{"name", kind->name}, {"about", kind->about}, {"settings", settings}});
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

std::string in_a_line(const ordered_json& numbers, bool is_signed) {
  std::string text;
  for (const auto& [name, number] : numbers.items()) {
    const bool is_plus = is_signed && number.is_number_integer() && number.get<int>() > 0;
    text += (text.empty() ? "" : ", ") + name + (is_plus ? " +" : " ") + number.dump();
  }
  return text;
}

void print_signal(std::string_view name, const SignalWeight& weight) {
  std::string lasts = "while it lasts";
  if (weight.half_life > Millis{0}) lasts = "half after " + print_duration(weight.half_life);
  std::printf("    %-32s [%s, %s]  %s\n",
              std::string(name).c_str(),
              std::string(print(weight.group)).c_str(),
              lasts.c_str(),
              in_a_line(weights_of(weight.weights), true).c_str());
}

ordered_json caps_of(const EvidenceWeights& weights) {
  ordered_json json = ordered_json::object();
  for (std::size_t g = 0; g < kGroups; ++g) {
    json[std::string(print(static_cast<Group>(g)))] = weights.caps.at(g);
  }
  return json;
}

// What all signals share: decibans of priors and caps, thresholds as probabilities, times in
// seconds.
ordered_json frame_of(const EvidenceWeights& weights) {
  return {{"prior", weights_of(weights.prior)},
          {"integrity_prior", weights_of(weights.integrity_prior)},
          {"caps", caps_of(weights)},
          {"levels",
           {{"watch", weights.watch},
            {"suspected", weights.suspected},
            {"strongly_suspected", weights.strongly_suspected},
            {"decided", weights.decided},
            {"decided_own_change", weights.decided_own_change},
            {"release_benign", weights.release_benign},
            {"ceiling", weights.ceiling},
            {"suspected_after_s", weights.suspected_after.count() / 1000},
            {"release_after_s", weights.release_after.count() / 1000},
            {"hold_s", weights.hold.count() / 1000}}}};
}

void list_rules(const Common& common) {
  ordered_json json = ordered_json::array();
  const auto& weights = builtin_evidence();
  for (const auto* rule : all_rules()) {
    if (!common.is_json) {
      print_line(common, rule->name, rule->question);
      std::printf("    taught by: %s\n    fooled by: %s\n",
                  std::string(rule->teacher).c_str(),
                  std::string(rule->fooled_by).c_str());
    }
    ordered_json signals = ordered_json::array();
    for (const auto signal : rule->signals) {
      const auto& weight = weights.signals.find(signal)->second;
      if (!common.is_json) print_signal(signal, weight);
      signals.push_back({{"name", signal},
                         {"group", print(weight.group)},
                         {"decibans", weights_of(weight.weights)},
                         {"half_life_s", weight.half_life.count() / 1000},
                         {"why", weight.why}});
    }
    json.push_back({{"name", rule->name},
                    {"question", rule->question},
                    {"teacher", rule->teacher},
                    {"fooled_by", rule->fooled_by},
                    {"signals", signals}});
  }
  auto all = frame_of(weights);
  if (common.is_json) {
    all["rules"] = std::move(json);
    std::printf("%s\n", all.dump(2).c_str());
    return;
  }
  std::printf("\n");
  for (const auto& [name, numbers] : all.items()) {
    print_line(common, name, in_a_line(numbers, name != "caps" && name != "levels"));
  }
}

void list_notifiers(const Common& common) {
  ordered_json json = ordered_json::array();
  for (const auto* notifier : notifiers()) {
    if (!common.is_json) print_line(common, notifier->name, notifier->about);
    json.push_back({{"name", notifier->name}, {"about", notifier->about}});
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

void list_feeds(const Common& common) {
  ordered_json json = ordered_json::array();
  for (const auto& feed : builtin_feeds()) {
    if (!common.is_json) {
      print_line(common, feed.name, feed.title + (feed.is_verified ? "" : " (not verified)"));
      std::printf("    %-10s %-12s %s\n", feed.role.c_str(), feed.format.c_str(), feed.url.c_str());
    }
    ordered_json one = {{"name", feed.name},
                        {"title", feed.title},
                        {"role", feed.role},
                        {"url", feed.url},
                        {"format", feed.format},
                        {"components", feed.components},
                        {"source", feed.source},
                        {"checked", nullptr},
                        {"verified", feed.is_verified}};
    if (!feed.checked.empty()) one["checked"] = feed.checked;
    json.push_back(std::move(one));
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
}

}  // namespace

int list(const std::string& what, const Common& common) {
  if (what == "probes") {
    list_probes(common);
  } else if (what == "rules") {
    list_rules(common);
  } else if (what == "notifiers") {
    list_notifiers(common);
  } else if (what == "feeds") {
    list_feeds(common);
  } else {
    const std::array<std::string_view, 4> known{"probes", "rules", "notifiers", "feeds"};
    const auto near = nearest(what, known);
    std::fprintf(stderr,
                 "bellwether: there is no list of \"%s\"; %s\n",
                 what.c_str(),
                 near.empty() ? "there are probes, rules, notifiers and feeds"
                              : ("did you mean \"" + std::string(near) + "\"?").c_str());
    return kUsage;
  }
  return kFine;
}

}  // namespace bw::cli
