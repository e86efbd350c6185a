// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/escape.h"
#include "probes/feed_json.h"
#include "probes/json_look.h"
#include "probes/text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

// Reads one number from Prometheus: an instant query by its HTTP API (/api/v1/query).
namespace bw {
namespace {

using nlohmann::json;

constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "url", .type = "url", .is_required = true, .about = "base address of the Prometheus"},
    {.key = "query", .type = "text", .is_required = true, .about = "PromQL that yields one number"},
    {.key = "means",
     .type = "text",
     .about = "login_failures, blocked_requests, requests, egress or errors; without it, it weighs "
              "nothing"},
    {.key = "normal", .type = "number", .about = "its usual value; default: learnt"},
    {.key = "headers", .type = "table of text", .about = "such as Authorization = \"${TOKEN}\""},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
});

Ask begin(const Spec& spec, Look& look) {
  return ask_json(
      spec, look, join_url(spec, {}, "/api/v1/query?query=" + percent_encode(spec.query)));
}

// Two significant digits: a fact that changes with every look would be no fact.
std::string print_value(double value) {
  std::array<char, 40> text{};
  const int length = std::snprintf(text.data(), text.size(), "%.2g", value);
  return {text.data(), static_cast<std::size_t>(length)};
}

// A sample is [time, "value"].
std::optional<double> sample_of(const json& sample) {
  if (!sample.is_array() || sample.size() != 2 || !sample[1].is_string()) return std::nullopt;
  const auto text = sample[1].get<std::string>();
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return value;
}

Finding finding_of(Outcome outcome, std::string note) {
  Finding finding;
  finding.outcome = outcome;
  finding.note = std::move(note);
  return finding;
}

Finding heard(const Spec& spec, const json& data) {
  const auto type = text_of(data, "resultType");
  const auto& result = member_of(data, "result");
  std::optional<double> value;
  if (type == "scalar") {
    value = sample_of(result);
  } else if (type == "vector" && result.is_array()) {
    if (result.empty()) {
      return finding_of(Outcome::content_missing, "the query yields nothing: no such series?");
    }
    if (result.size() > 1) {
      return finding_of(Outcome::json_mismatch,
                        "the query yields " + std::to_string(result.size()) +
                            " series: sum() or max() makes one number of them");
    }
    value = sample_of(member_of(result.front(), "value"));
  }
  if (!value) return other_than_asked("an instant vector or a scalar");
  Finding finding;
  if (!std::isfinite(*value)) {  // 0 of 0 requests
    finding.note = "the query yields no number at the moment";
    return finding;
  }
  finding.facts.set(Fact::series_value, print_value(*value));
  finding.facts.set(Fact::series_means, spec.means);
  if (spec.normal > 0) finding.facts.set(Fact::series_normal, print_value(spec.normal));
  return finding;
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time /*now*/) {
  auto step = read_json_reply(spec, look, reply);
  if (auto* ask = std::get_if<Ask>(&step)) return std::move(*ask);
  if (auto* finding = std::get_if<Finding>(&step)) return std::move(*finding);
  const auto& document = std::get<json>(step);
  if (text_of(document, "status") != "success") return other_than_asked("a query's success");
  return heard(spec, member_of(document, "data"));
}

}  // namespace

const ProbeKind kinds::prometheus{.name = "prometheus",
                                  .about = "reads one number of the organisation's own metrics",
                                  .settings = kSettings,
                                  .is_sensor = true,
                                  .begin = begin,
                                  .read = read};

}  // namespace bw
