// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/score_table.h"

#include "daemon/cli/show.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace bw::cli {
namespace {

using nlohmann::ordered_json;
using rehearsal::Score;
using rehearsal::Summary;

double seconds(Millis passed) {
  return static_cast<double>(passed.count()) / 1000;
}

std::string offset(Millis from_t0) {
  return (from_t0 < Millis{0} ? "-" : "+") +
         print_duration(from_t0 < Millis{0} ? -from_t0 : from_t0);
}

std::string percent(std::size_t part, std::size_t whole) {
  if (whole == 0) return "-";
  return fmt::format("{}/{} ({:.0f} %)",
                     part,
                     whole,
                     100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

std::string cause_of(const Score& score) {
  return score.culprit_named.empty() ? score.cause_named
                                     : score.cause_named + " (" + score.culprit_named + ")";
}

std::string truth_of(const Score& score) {
  return score.culprit.empty() ? score.cause : score.cause + " (" + score.culprit + ")";
}

std::string row(const Score& score, const Common& common) {
  const auto fault = score.fault();
  return fmt::format("{:<9} {:<50} {:<38} {:>5.1f} % {:>5.1f} % {:>12} {:>3}  {}\n",
                     score.label,
                     score.id,
                     std::string(print(score.level)) + ", " + cause_of(score),
                     100 * score.suspicion,
                     100 * score.suspicion_max,
                     score.suspected_at ? offset(*score.suspected_at) : "-",
                     score.pages,
                     fault.empty() ? "" : paint(common, 31, fault + "; was " + truth_of(score)));
}

std::string lines(const Summary& summary) {
  std::string text;
  text += fmt::format("attacks suspected in time   {}\n", percent(summary.hits, summary.cyber));
  text += fmt::format("  with an integrity signal  {}\n",
                      percent(summary.integrity_hits, summary.integrity));
  text += fmt::format("false alarms                {}\n",
                      percent(summary.false_alarms, summary.incidents - summary.cyber));
  text += fmt::format("undecided at decide_by      {}\n",
                      percent(summary.undecided, summary.incidents));
  text += fmt::format("cause right, of the decided {}\n",
                      percent(summary.causes_right, summary.decided));
  text += fmt::format("culprit right               {}\n",
                      percent(summary.culprits_right, summary.culprits));
  text += fmt::format("median delay                {}\n",
                      summary.median_delay ? offset(*summary.median_delay) : "-");
  text += fmt::format("Brier score {:.3f}, log loss {:.3f} (always the base rate: {:.3f})\n",
                      summary.brier,
                      summary.log_loss,
                      summary.base_rate_log_loss);
  return text;
}

std::string reliability(const Summary& summary) {
  std::string text = "suspicion said   incidents  mean said  attacks\n";
  for (const auto& bin : summary.reliability) {
    if (bin.incidents == 0) continue;
    text += fmt::format("{:>3.0f} to {:>3.0f} %     {:>9}  {:>7.1f} %  {}\n",
                        100 * bin.from,
                        100 * bin.to,
                        bin.incidents,
                        100 * bin.mean,
                        percent(bin.cyber, bin.incidents));
  }
  return text;
}

std::vector<Score> half(const std::vector<Score>& scores, bool is_fitting) {
  std::vector<Score> some;
  for (const auto& one : scores) {
    if (rehearsal::is_in_fitting_half(one.id) == is_fitting) some.push_back(one);
  }
  return some;
}

ordered_json json_of(const Summary& summary) {
  ordered_json json{
      {"incidents", summary.incidents},
      {"cyber", summary.cyber},
      {"hits", summary.hits},
      {"misses", summary.cyber - summary.hits},
      {"integrity", summary.integrity},
      {"integrity_hits", summary.integrity_hits},
      {"false_alarms", summary.false_alarms},
      {"undecided", summary.undecided},
      {"decided", summary.decided},
      {"causes_right", summary.causes_right},
      {"culprits", summary.culprits},
      {"culprits_right", summary.culprits_right},
      {"median_delay_s",
       summary.median_delay ? ordered_json(seconds(*summary.median_delay)) : ordered_json()},
      {"brier", summary.brier},
      {"log_loss", summary.log_loss},
      {"base_rate_log_loss", summary.base_rate_log_loss}};
  for (const auto& bin : summary.reliability) {
    json["reliability"].push_back({{"from", bin.from},
                                   {"to", bin.to},
                                   {"incidents", bin.incidents},
                                   {"cyber", bin.cyber},
                                   {"mean", bin.mean}});
  }
  return json;
}

std::string wrong(const Score& score) {
  auto text =
      fmt::format("- **{}** ({}): {}. It was {}; at {} bellwether said {}, {}, attack {:.0f} %",
                  score.id,
                  score.label,
                  score.fault(),
                  truth_of(score),
                  offset(score.decide_by),
                  print(score.level),
                  cause_of(score),
                  100 * score.suspicion);
  if (score.suspected_at) text += ", suspected at " + offset(*score.suspected_at);
  text += ".";
  for (std::size_t i = 0; i < score.because.size() && i < 3; ++i)
    text += (i == 0 ? " For it: " : "; ") + score.because[i];
  for (std::size_t i = 0; i < score.against.size() && i < 2; ++i)
    text += (i == 0 ? ". Against it: " : "; ") + score.against[i];
  return text + "\n";
}

}  // namespace

ordered_json json_of(const Score& score) {
  return {{"id", score.id},
          {"label", score.label},
          {"cause", score.cause},
          {"culprit", score.culprit},
          {"level_at_decide_by", print(score.level)},
          {"suspicion_at_decide_by", score.suspicion},
          {"max_suspicion", score.suspicion_max},
          {"ever_suspected", score.suspected_at.has_value()},
          {"suspected_at_s",
           score.suspected_at ? ordered_json(seconds(*score.suspected_at)) : ordered_json()},
          {"suspected_in_time", score.is_in_time()},
          {"decided", score.is_decided},
          {"cause_named", score.cause_named},
          {"probability", score.probability},
          {"culprit_named", score.culprit_named},
          {"pages", score.pages},
          {"messages", score.messages},
          {"looks", score.looks}};
}

ordered_json summary_json(const std::vector<Score>& scores) {
  auto json = json_of(rehearsal::summarize(scores));
  json["fitting_half"] = json_of(rehearsal::summarize(half(scores, true)));
  json["checking_half"] = json_of(rehearsal::summarize(half(scores, false)));
  return json;
}

std::string table_of(const std::vector<Score>& scores, const Common& common) {
  auto text = fmt::format("{:<9} {:<50} {:<38} {:>7} {:>7} {:>12} {:>3}  {}\n",
                          "was",
                          "incident",
                          "said at decide_by",
                          "attack",
                          "highest",
                          "suspected",
                          "pgs",
                          "wrong");
  for (const auto& one : scores)
    text += row(one, common);
  const auto summary = rehearsal::summarize(scores);
  text += "\n" + lines(summary) + "\n" + reliability(summary);
  for (const bool is_fitting : {true, false}) {
    text += fmt::format("\n{} half\n{}",
                        is_fitting ? "fitting" : "checking",
                        lines(rehearsal::summarize(half(scores, is_fitting))));
  }
  return text;
}

namespace {

// Where nothing happened that anybody should be woken for.
std::vector<Goal> goals_of_normal_life(const std::vector<Score>& scores) {
  constexpr Millis kMonth{std::chrono::hours{24 * 30}};
  const auto* const loudest = &*std::ranges::max_element(scores, {}, &Score::suspicion_max);
  const auto suspected = std::ranges::count_if(scores, &Score::is_false_alarm);
  std::vector<Goal> goals = {
      {.name = "suspicion raised in normal life",
       .figure = fmt::format("{} ({:.1f} %)", suspected, 100 * loudest->suspicion_max),
       .wanted = "never",
       .is_met = suspected == 0}};
  for (const auto& one : scores) {
    const auto months = std::max<std::int64_t>(1, (one.decide_by + kMonth - Millis{1}) / kMonth);
    goals.push_back({.name = "pages in " + one.id,
                     .figure = fmt::format("{} in {} months", one.pages, months),
                     .wanted = "at most one a month",
                     .is_met = static_cast<std::int64_t>(one.pages) <= months});
  }
  return goals;
}

}  // namespace

std::vector<Goal> goals_of(const std::vector<Score>& scores) {
  const bool is_normal_life =
      std::ranges::all_of(scores, [](const Score& one) { return one.cause == "none"; });
  if (is_normal_life && !scores.empty()) return goals_of_normal_life(scores);
  const auto sum = rehearsal::summarize(scores);
  const auto at_least =
      [](const char* name, std::size_t part, std::size_t whole, std::size_t of_100) {
        return Goal{.name = name,
                    .figure = percent(part, whole),
                    .wanted = fmt::format("at least {} %", of_100),
                    .is_met = part * 100 >= whole * of_100};
      };
  std::vector<Goal> goals;
  goals.push_back(at_least("attacks suspected by decide_by", sum.hits, sum.cyber, 80));
  goals.push_back(
      at_least("attacks with an integrity signal", sum.integrity_hits, sum.integrity, 90));
  goals.push_back({.name = "false alarms",
                   .figure = percent(sum.false_alarms, sum.incidents - sum.cyber),
                   .wanted = "at most 1 in 50 incidents",
                   .is_met = sum.false_alarms * 50 <= std::max<std::size_t>(sum.incidents, 50)});
  goals.push_back(at_least("cause right, of the decided", sum.causes_right, sum.decided, 75));
  goals.push_back(
      at_least("culprit right, where there is one", sum.culprits_right, sum.culprits, 85));
  goals.push_back({.name = "Brier score",
                   .figure = fmt::format("{:.3f}", sum.brier),
                   .wanted = "at most 0.120",
                   .is_met = sum.brier <= 0.12});
  goals.push_back({.name = "log loss",
                   .figure = fmt::format("{:.3f}", sum.log_loss),
                   .wanted = fmt::format("below the base rate's {:.3f}", sum.base_rate_log_loss),
                   .is_met = sum.log_loss < sum.base_rate_log_loss});
  return goals;
}

std::string report_of(const std::vector<Score>& scores) {
  std::string text =
      "# Where bellwether is wrong\n\n"
      "Written by `bellwether evaluate tests/incidents --report tests/incidents/REPORT.md`.\n\n"
      "```\n" +
      lines(rehearsal::summarize(scores)) + "```\n\n";
  for (const auto& one : scores) {
    if (!one.fault().empty()) text += wrong(one);
  }
  return text;
}

}  // namespace bw::cli
