// SPDX-License-Identifier: Apache-2.0
#include "daemon/web/wording.h"

#include "daemon/notify/words.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

// In the order of Outcome.
constexpr std::array kOutcomeWords = std::to_array<std::string_view>({
    "works",
    "degraded",
    "name does not exist",
    "name servers fail",
    "name servers refuse",
    "name servers silent",
    "DNSSEC broken",
    "no address",
    "other DNS records than expected",
    "connection refused",
    "connection timed out",
    "unreachable",
    "connection reset",
    "certificate expired",
    "certificate not valid yet",
    "certificate for another name",
    "certificate self-signed",
    "certificate not trusted",
    "certificate chain incomplete",
    "TLS handshake failed",
    "TLS timed out",
    "no answer in time",
    "answer stalled",
    "connection dropped",
    "answer malformed",
    "leads to an address inside",
    "redirects in a circle",
    "request refused",
    "server error",
    "unexpected status",
    "blocks the monitor",
    "expected text missing",
    "foreign content",
    "service withdrawn",
    "unexpected JSON",
    "sign-in refused",
    "wrong password accepted",
    "sign-in challenged",
    "feed unreadable",
    "could not look",
});
static_assert(kOutcomeWords.size() == static_cast<std::size_t>(Outcome::monitor_error) + 1);

}  // namespace

std::string_view title_of(const Snapshot& snapshot, std::string_view function) {
  const auto at = std::ranges::find(snapshot.functions, function, &Snapshot::Function::id);
  return at == snapshot.functions.end() ? function : std::string_view(at->title);
}

std::string_view name_of(const Snapshot& snapshot, std::string_view provider) {
  if (provider == kOwn) return snapshot.organisation;
  const auto at = std::ranges::find(snapshot.providers, provider, &Snapshot::Provider::id);
  return at == snapshot.providers.end() ? provider : std::string_view(at->name);
}

Teller::Teller(const Snapshot& snapshot) : snapshot_(&snapshot) {
  estate_.organisation = snapshot.organisation;
  for (const auto& function : snapshot.functions) {
    estate_.functions.push_back(
        {.id = function.id, .title = function.title, .is_critical = function.is_critical});
  }
  for (const auto& provider : snapshot.providers) {
    Provider known;
    known.id = provider.id;
    known.name = provider.name;
    known.role = provider.role;
    estate_.providers.push_back(std::move(known));
  }
  // One target is enough to make a function a watched one.
  std::set<std::string_view> watched;
  for (const auto& target : snapshot.targets) {
    if (target.function.empty() || !watched.insert(target.function).second) continue;
    Target known;
    known.id = target.id;
    known.function = target.function;
    estate_.targets.push_back(std::move(known));
  }
  for (const auto& incident : snapshot.incidents) {
    if (incident.closed) continue;
    failing_.insert(failing_.end(), incident.failing.begin(), incident.failing.end());
  }
}

Notice Teller::tell(const Incident& incident) const {
  const Ruling ruling =
      incident.closed ? Ruling(Closed{.incident = incident, .why = {}}) : Ruling(Opened{incident});
  return compose_notice(estate_, ruling, {}, failing_).value_or(Notice{});
}

std::string Teller::headline(const Summary& summary) const {
  if (!snapshot_->health.is_ready) return "Starting: not every target has been looked at yet.";
  if (summary.leading != nullptr) return tell(*summary.leading).headline + ".";
  if (snapshot_->is_blind) {
    return "We cannot see: our own view is disturbed, so nothing can be said about what works.";
  }
  const auto& functions = snapshot_->functions;
  if (functions.empty()) return "Nothing is watched yet.";
  if (summary.level != Level::calm) return "Something is disturbed; no incident is open yet.";
  return functions.size() == 1 ? functions.front().title + " works."
                               : "All " + std::to_string(functions.size()) + " functions work.";
}

std::string_view in_words(Level level) {
  switch (level) {
    case Level::calm:
      return "works";
    case Level::degraded:
      return "degraded";
    case Level::outage:
      return "outage";
    case Level::watch:
      return "under watch";
    case Level::suspected:
      return "attack suspected";
    case Level::strongly_suspected:
      return "attack strongly suspected";
    case Level::declared:
      return "attack declared";
    case Level::blind:
      return "cannot see";
  }
  return "unknown";
}

std::string_view in_words(Outcome outcome) {
  return kOutcomeWords.at(static_cast<std::size_t>(outcome));
}

std::string why_not_ready(const Snapshot& snapshot) {
  if (snapshot.health.is_ready) return {};
  const auto seen = std::ranges::count_if(
      snapshot.targets, [](const Snapshot::Target& target) { return target.state.is_known; });
  std::string why = "starting: " + std::to_string(seen) + " of " +
                    std::to_string(snapshot.targets.size()) + " targets have been looked at";
  if (!snapshot.health.is_journal_healthy) {
    why += "; the journal is not healthy: " + snapshot.health.journal_trouble;
  }
  return why;
}

}  // namespace bw
