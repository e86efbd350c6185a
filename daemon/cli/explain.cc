// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/cli/past.h"
#include "daemon/cli/show.h"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

int list_incidents(Past& past, const Estate* estate, const Common& common) {
  const auto incidents = past.journal->incidents();
  if (!incidents) {
    print_errors({incidents.error()});
    return kCannot;
  }
  auto json = ordered_json::array();
  for (const auto& incident : *incidents) {
    if (common.is_json) {
      json.push_back(json_of(incident));
      continue;
    }
    std::printf(
        "INC-%llu  %s  %s  %s\n",
        static_cast<unsigned long long>(incident.id),
        print_time(incident.opened).c_str(),
        incident.closed ? print_duration(*incident.closed - incident.opened).c_str() : "open",
        paint(common, color_of(incident.verdict.level), summary(incident.verdict, estate)).c_str());
  }
  if (common.is_json) {
    std::printf("%s\n", json.dump(2).c_str());
  } else if (incidents->empty()) {
    std::printf("no incidents in this journal\n");
  }
  return kFine;
}

}  // namespace

int explain(const ExplainOptions& options, const Common& common) {
  auto past = open_past(options.journal, options.config);
  if (!past) {
    print_errors(past.error());
    return kCannot;
  }
  const auto& config = past->config;
  const Estate* estate = config ? &config->estate : nullptr;
  if (options.incident.empty()) return list_incidents(*past, estate, common);
  const auto verdicts = past->journal->verdicts(parse_incident_id(options.incident));
  if (!verdicts) {
    print_errors({verdicts.error()});
    return kCannot;
  }
  if (verdicts->empty()) {
    print_errors({Error{.what = "there is no incident \"" + options.incident + "\" in the journal",
                        .where = {},
                        .hint = "`bellwether explain` without an incident lists them"}});
    return kFound;
  }
  auto json = ordered_json::array();
  for (const auto& recorded : *verdicts) {
    if (common.is_json) {
      json.push_back({{"event", recorded.event},
                      {"what", recorded.what},
                      {"incident", json_of(recorded.incident)}});
      continue;
    }
    std::printf("%s%s%s\n%s",
                paint(common, 1, recorded.event).c_str(),
                recorded.what.empty() ? "" : ": ",
                recorded.what.c_str(),
                show(recorded.incident.verdict, estate, common).c_str());
  }
  if (common.is_json) std::printf("%s\n", json.dump(2).c_str());
  return kFine;
}

}  // namespace bw::cli
