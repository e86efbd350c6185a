// SPDX-License-Identifier: Apache-2.0
// Alertmanager's API v2 (openapi.yaml of its repository), tried against 0.25 and 0.28. An alert is
// its set of labels and ends by itself: it is told again every minute with an end four minutes
// ahead, and its end is told for five minutes, as Prometheus does. Every member of a cluster is
// told; one that takes it is enough.
#include "daemon/notify/layout.h"
#include "daemon/notify/notifier.h"
#include "daemon/notify/service.h"
#include "daemon/notify/words.h"
#include "probes/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace bw {
namespace {

using Json = nlohmann::ordered_json;

constexpr Millis kResendEvery{std::chrono::minutes{1}};
constexpr Millis kResendResolvedFor{std::chrono::minutes{5}};
constexpr int kEndsAfterResends = 4;
constexpr std::string_view kPath = "/api/v2/alerts";
constexpr std::size_t kSummaryBytesMax = 500;
constexpr std::size_t kDescriptionBytesMax = 8'000;
constexpr std::array<std::string_view, 6> kOwnLabels{
    "alertname", "incident", "level", "cause", "culprit", "function"};

// Prometheus's label names (0.25 refuses others).
bool is_label_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
  };
  const auto is_rest = [&](char c) {
    return is_letter(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
  };
  return !name.empty() && is_letter(name.front()) && std::ranges::all_of(name, is_rest) &&
         !name.starts_with("__");
}

// What the alert is told apart by. The function is the one that failed first, which stays the same
// while an incident grows.
Json labels_of(const Destination& destination, const Notice& notice) {
  Json labels = Json::object();
  const auto add = [&](const std::string& name, std::string_view value) {
    if (!value.empty() && is_label_name(name) && !labels.contains(name)) labels[name] = value;
  };
  const bool is_test = notice.kind == NoticeKind::test;
  add("alertname", is_test ? "BellwetherTest" : "BellwetherIncident");
  if (notice.incident != 0) add("incident", print_incident(notice.incident));
  add("level", print(notice.level));
  add("cause", notice.cause);
  add("culprit", notice.culprit);
  if (!notice.functions.empty()) add("function", notice.functions.front());
  for (const auto& [name, value] : destination.labels)
    add(name, value);
  return labels;
}

std::string ends_at(const Notice& notice, Time now) {
  if (notice.kind == NoticeKind::resolved) return print_time(std::max(notice.at, notice.since));
  return print_time(now + kEndsAfterResends * kResendEvery);
}

std::vector<std::string> check_url(std::string_view text) {
  const auto url = parse_service_url(text);
  if (!url) return {"the address is not an absolute http or https URL"};
  if (url->path.find("/api/v1") != std::string::npos) {
    return {"Alertmanager's API v1 is gone since 0.27: give the address without \"/api/v1\""};
  }
  if (!url->query.empty()) return {"the address must have no query"};
  return {};
}

std::vector<std::string> check(const Destination& destination) {
  auto problems = check_url(destination.url);
  for (const auto& member : destination.members) {
    std::ranges::move(check_url(member), std::back_inserter(problems));
  }
  for (const auto& [name, value] : destination.labels) {
    if (!is_label_name(name)) {
      problems.push_back("\"" + name + R"(" is not a label name (letters, digits and "_"))");
    } else if (std::ranges::find(kOwnLabels, name) != kOwnLabels.end()) {
      problems.push_back("the label \"" + name + "\" is given by bellwether itself");
    }
  }
  return problems;
}

std::vector<HttpAsk> compose(const Destination& destination, const Notice& notice, Time now) {
  Json alert = {{"labels", labels_of(destination, notice)},
                {"annotations",
                 {{"summary", shorten(notice.headline, kSummaryBytesMax)},
                  {"description", shorten(print_plain(notice), kDescriptionBytesMax)}}},
                {"startsAt", print_time(notice.since)},
                {"endsAt", ends_at(notice, now)}};
  if (!notice.link.empty()) alert["generatorURL"] = notice.link;
  const auto body =
      Json::array({std::move(alert)}).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::vector<std::string> urls{destination.url};
  urls.insert(urls.end(), destination.members.begin(), destination.members.end());
  std::vector<HttpAsk> asks;
  asks.reserve(urls.size());
  for (const auto& url : urls)
    asks.push_back(post_json(destination, method_address(url, kPath), body));
  return asks;
}

// Alertmanager answers with an empty body; a page comes from somebody in between.
Delivery read(const Reply& reply, Time now) {
  return read_answer(reply, now, [](const HttpReply& http) {
    return http.status == 200 && !trim(http.body).starts_with('<');
  });
}

}  // namespace

const Notifier notify::alertmanager{
    .name = "alertmanager",
    .about = "Prometheus Alertmanager, API v2, all members of a cluster",
    .check = check,
    .compose = compose,
    .read = read,
    .resend_every = kResendEvery,
    .resend_resolved_for = kResendResolvedFor,
    .any_suffices = true,
    .takes_cluster = true,
    .is_address_public = true,
};

}  // namespace bw
