// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/notice.h"
#include "probes/exchange.h"

#include <expected>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bw {

// Where notices go. The address is a secret for most services: it is never logged or shown.
struct Destination {
  std::string id;
  std::string kind;    // a notifier's name
  std::string url;     // resolved from url_file, url_credential or ${ENV}
  std::string secret;  // webhook: signing key "whsec_..."; pagerduty: routing key
  std::string chat;    // which one, as the kind's `chat_hint` shows
  Trust trust;
  std::map<std::string, std::string> labels;  // alertmanager: added to every alert
  std::vector<std::string> members;           // alertmanager: further cluster members' URLs
};

// Which notices go where. A notice goes to the destinations of every route that matches it.
struct Route {
  std::vector<std::string> destinations;
  std::vector<std::string> functions;  // ids; empty: all
  Level level_min = Level::degraded;
  bool is_cyber_only = false;  // only at suspected and above
  bool sends_resolved = true;
};

struct Delivered {};
struct TryAgain {
  std::optional<Millis> after;
  std::string why;
};  // `after`: what the service asked for
struct Refused {
  std::string why;
};  // trying again cannot help
using Delivery = std::variant<Delivered, TryAgain, Refused>;

struct Notifier {
  std::string_view name;
  std::string_view about;  // one line for `bellwether list`
  // Problems of a destination, for `check`: wrong scheme, retired service, missing secret.
  std::vector<std::string> (*check)(const Destination& destination);
  // One ask per HTTP exchange that the notice needs (Alertmanager: one per cluster member). `now`
  // is stamped into what a service wants stamped. Pure.
  std::vector<HttpAsk> (*compose)(const Destination& destination, const Notice& notice, Time now);
  // What one answer means. Never trusts a 200 alone where the service does not.
  Delivery (*read)(const Reply& reply, Time now);
  // A service that forgets an alert unless it is told again (Alertmanager); zero: never.
  Millis resend_every{0};
  // For how long the end of an incident is told again.
  Millis resend_resolved_for{0};
  // The asks go to members of one cluster, which tell each other: one that took it is enough.
  bool any_suffices = false;
  // Which keys of the configuration a destination of this kind takes beside `url`.
  bool takes_secret = false;   // `secret`
  bool takes_chat = false;     // `chat`
  bool takes_cluster = false;  // `labels` and `members`
  // Who knows the address cannot post: it may stand in the file, and is shown.
  bool is_address_public = false;
  // Where it posts if the configuration has no `url`; empty: a `url` is required.
  std::string_view url_default{};
  // What to do about a `chat` that was left out.
  std::string_view chat_hint{};
};

// The result of a Send from the results of its asks: the worst of them, or the best where any
// suffices. No results at all are a refusal: the destination could not be asked.
[[nodiscard]] Delivery combine(const Notifier& notifier, std::span<const Delivery> results);

[[nodiscard]] std::span<const Notifier* const> notifiers();
[[nodiscard]] const Notifier* find_notifier(std::string_view kind);

#define BW_NOTIFIERS(X) \
  X(slack)              \
  X(teams)              \
  X(webhook)            \
  X(alertmanager)       \
  X(pagerduty)          \
  X(discord)            \
  X(google_chat)        \
  X(mattermost)         \
  X(telegram)           \
  X(rocket_chat)        \
  X(zulip)              \
  X(matrix)             \
  X(webex)
namespace notify {
#define X(name) extern const Notifier name;
BW_NOTIFIERS(X)
#undef X
}  // namespace notify

}  // namespace bw
