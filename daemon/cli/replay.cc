// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/past.h"
#include "daemon/cli/show.h"
#include "daemon/config/evidence.h"
#include "daemon/verdict/judge.h"

#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

struct Told {
  const char* event;
  const Incident* incident;
  std::string what;
};

std::optional<Told> told_of(const Ruling& ruling) {
  if (const auto* opened = std::get_if<Opened>(&ruling))
    return Told{.event = "opened", .incident = &opened->incident, .what = {}};
  if (const auto* changed = std::get_if<Changed>(&ruling))
    return Told{.event = "changed", .incident = &changed->incident, .what = changed->what};
  if (const auto* closed = std::get_if<Closed>(&ruling))
    return Told{.event = "closed", .incident = &closed->incident, .what = closed->why};
  return std::nullopt;
}

std::optional<Time> time_option(const std::string& text,
                                const char* name,
                                Time otherwise,
                                bool& is_good) {
  if (text.empty()) return otherwise;
  const auto at = parse_time(text);
  if (!at) {
    is_good = false;
    print_errors({Error{.what = "\"" + text + "\" is not a time",
                        .where = name,
                        .hint = "write RFC 3339, such as 2025-04-19T10:00:00Z"}});
  }
  return at;
}

}  // namespace

int replay(const ReplayOptions& options, const Common& common) {
  bool is_good = true;
  const auto from = time_option(options.from, "--from", Time::min(), is_good);
  const auto to = time_option(options.to, "--to", Time::max(), is_good);
  if (!is_good) return kUsage;
  auto past = open_past(options.journal, options.config);
  if (!past) {
    print_errors(past.error());
    return kCannot;
  }
  if (!past->config) {
    print_errors({Error{.what = "replay judges again, so it needs to know the estate",
                        .where = {},
                        .hint = "give --config FILE"}});
    return kUsage;
  }
  const auto& estate = past->config->estate;
  auto weights = past->config->evidence_file.empty()
                     ? std::expected<EvidenceWeights, std::vector<Error>>(builtin_evidence())
                     : load_evidence(past->config->evidence_file);
  if (!weights) {
    print_errors(weights.error());
    return kFound;
  }
  Judge judge(estate, *weights);
  std::uint64_t inputs = 0;
  auto json = ordered_json::array();
  const bool has_progress = isatty(STDERR_FILENO) != 0;
  const auto skipped = past->journal->read(estate, 0, [&](Input&& input) {
    const auto at = at_of(input);
    if (at > *to) return false;
    if (++inputs % 100'000 == 0 && has_progress) {
      std::fprintf(stderr,
                   "\r%s  %llu inputs",
                   print_time(at).c_str(),
                   static_cast<unsigned long long>(inputs));
    }
    for (const auto& ruling : judge.step(input)) {
      const auto told = told_of(ruling);
      if (!told || at < *from) continue;
      if (common.is_json) {
        json.push_back(
            {{"event", told->event}, {"what", told->what}, {"incident", json_of(*told->incident)}});
      } else {
        std::printf("%s  INC-%llu %s%s%s\n    %s\n",
                    print_time(told->incident->verdict.at).c_str(),
                    static_cast<unsigned long long>(told->incident->id),
                    told->event,
                    told->what.empty() ? "" : ": ",
                    told->what.c_str(),
                    paint(common,
                          color_of(told->incident->verdict.level),
                          summary(told->incident->verdict, &estate))
                        .c_str());
      }
    }
    return true;
  });
  if (inputs >= 100'000 && has_progress) std::fprintf(stderr, "\r\033[K");
  if (!skipped) {
    print_errors({skipped.error()});
    return kCannot;
  }
  if (common.is_json) {
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("%llu inputs judged%s\n",
                static_cast<unsigned long long>(inputs),
                *skipped == 0 ? ""
                              : (", " + std::to_string(*skipped) +
                                 " of targets that the configuration no longer has left out")
                                    .c_str());
  }
  return kFine;
}

}  // namespace bw::cli
