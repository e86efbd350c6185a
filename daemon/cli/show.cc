// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/show.h"

#include "daemon/notify/words.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;

std::string percent(double probability) {
  const double value = probability * 100;
  return value > 0 && value < 1 ? fmt::format("{:.1f} %", value) : fmt::format("{:.0f} %", value);
}

std::string name_of(const Estate* estate, const std::string& owner) {
  return estate == nullptr ? owner : std::string(estate->name_of(owner));
}

std::string show_reasons(const char* heading, const std::vector<Reason>& reasons, Time at) {
  std::string text;
  for (const auto& reason : reasons) {
    if (text.empty()) text = fmt::format("  {}\n", heading);
    text += fmt::format(
        "    {:+3d} dB  {}  [{}]\n", reason.decibans, claim_in_words(reason, at), reason.rule);
  }
  return text;
}

ordered_json json_of(const Reason& reason) {
  return {{"signal", reason.rule},
          {"claim", reason.claim},
          {"decibans", reason.decibans},
          {"cyber", reason.cyber},
          {"since", print_time(reason.since)},
          {"ended", reason.ended ? ordered_json(print_time(*reason.ended)) : ordered_json()},
          {"cites", reason.cites}};
}

ordered_json json_of(const std::vector<Reason>& reasons) {
  auto list = ordered_json::array();
  for (const auto& reason : reasons)
    list.push_back(json_of(reason));
  return list;
}

}  // namespace

std::optional<Told> told_of(const Ruling& ruling) {
  if (const auto* opened = std::get_if<Opened>(&ruling))
    return Told{.event = "opened", .incident = &opened->incident, .what = {}};
  if (const auto* changed = std::get_if<Changed>(&ruling))
    return Told{.event = "changed", .incident = &changed->incident, .what = changed->what};
  if (const auto* closed = std::get_if<Closed>(&ruling))
    return Told{.event = "closed", .incident = &closed->incident, .what = closed->why};
  return std::nullopt;
}

int color_of(Level level) {
  switch (level) {
    case Level::calm:
      return 32;
    case Level::degraded:
      return 33;
    case Level::outage:
      return 31;
    case Level::watch:
      return 35;
    case Level::suspected:
    case Level::strongly_suspected:
    case Level::declared:
      return 41;
    case Level::blind:
      return 36;
  }
  return 0;
}

std::string summary(const Verdict& verdict, const Estate* estate) {
  const auto lead = verdict.posterior.at(static_cast<std::size_t>(verdict.leading));
  std::string culprit =
      verdict.culprit.empty() ? "" : " (" + name_of(estate, verdict.culprit) + ")";
  return fmt::format("{}: {}{}{} {}; attack {}",
                     print(verdict.level),
                     verdict.is_decided ? "" : "undecided, first ",
                     in_words(verdict.leading),
                     culprit,
                     percent(lead),
                     percent(verdict.suspicion));
}

std::string show(const Verdict& verdict, const Estate* estate, const Common& common) {
  std::string text = fmt::format("{}  {}\n",
                                 print_time(verdict.at),
                                 paint(common, color_of(verdict.level), summary(verdict, estate)));
  text += show_reasons("because", verdict.because, verdict.at);
  text += show_reasons("against", verdict.against, verdict.at);
  for (const auto& what : verdict.would_change)
    text += fmt::format("  would change it: {}\n", what);
  for (const auto& what : verdict.missing)
    text += fmt::format("  missing: {}\n", what);
  if (!verdict.unexplained.empty()) {
    text += fmt::format("  not explained by it: {}\n", fmt::join(verdict.unexplained, ", "));
  }
  return text;
}

ordered_json json_of(const Verdict& verdict) {
  auto posterior = ordered_json::object();
  for (std::size_t h = 0; h < kHypotheses; ++h) {
    posterior[std::string(print(static_cast<Hypothesis>(h)))] = verdict.posterior.at(h);
  }
  return {{"at", print_time(verdict.at)},
          {"seq", verdict.seq},
          {"level", print(verdict.level)},
          {"suspicion", verdict.suspicion},
          {"leading", print(verdict.leading)},
          {"decided", verdict.is_decided},
          {"culprit", verdict.culprit},
          {"posterior", posterior},
          {"because", json_of(verdict.because)},
          {"against", json_of(verdict.against)},
          {"would_change", verdict.would_change},
          {"missing", verdict.missing},
          {"unexplained", verdict.unexplained}};
}

ordered_json json_of(const Incident& incident) {
  ordered_json json{{"id", fmt::format("INC-{}", incident.id)},
                    {"opened", print_time(incident.opened)},
                    {"closed", nullptr},
                    {"functions", incident.functions},
                    {"failing", incident.failing},
                    {"targets", incident.targets},
                    {"peak", print(incident.peak)},
                    {"latched", incident.is_latched},
                    {"acknowledged", incident.is_acknowledged},
                    {"verdict", json_of(incident.verdict)}};
  if (incident.closed) json["closed"] = print_time(*incident.closed);
  return json;
}

std::uint64_t parse_incident_id(std::string_view text) {
  if (text.starts_with("INC-") || text.starts_with("inc-")) text.remove_prefix(4);
  std::uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  return error == std::errc{} && end == text.data() + text.size() ? id : 0;
}

}  // namespace bw::cli
