// SPDX-License-Identifier: Apache-2.0
// Is the registration ours, locked, paid for, and delegated to where it always was?
// Taught by: newspapers, an airline and an exchange whose registrar accounts were taken over; and a
// marketing platform that forgot to renew. Fooled by: a move of the whole portfolio or to another
// DNS provider that nobody announced; registries that publish fewer statuses.
#include "daemon/verdict/rules/catalog.h"
#include "probes/url.h"

#include <algorithm>
#include <array>
#include <set>

namespace bw {
namespace {

constexpr std::array kSignals = std::to_array<std::string_view>({"registry/ended",
                                                                 "registry/registrar_changed",
                                                                 "registry/unlocked",
                                                                 "registry/transfer_pending",
                                                                 "registry/delegation_changed",
                                                                 "registry/moved_with_answers",
                                                                 "registry/unsigned",
                                                                 "registry/lookalike"});
// What takes a domain out of the zone: nobody paid, or the registrar or registry was told to.
constexpr std::array kDark = std::to_array<std::string_view>(
    {"client-hold", "server-hold", "redemption-period", "pending-delete", "auto-renew-period"});
constexpr Millis kTogether{std::chrono::hours{24}};

bool are_of_a_length(std::string_view a, std::string_view b, std::size_t within) {
  return std::max(a.size(), b.size()) - std::min(a.size(), b.size()) <= within;
}

// Insertions, deletions and replacements between two short names.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// The known name that the new one was made to be mistaken for, or nothing. Names of one owner
// ("ns1.", "ns2.") differ below the registrable part, which is not looked at.
std::string_view mistaken_for(std::string_view name, std::string_view known) {
  constexpr std::size_t kShortest = 10;  // below, one letter more is no imitation
  constexpr std::size_t kLongest = 80;
  constexpr std::size_t kSlips = 2;
  const auto one = registrable(name);
  if (one.size() < kShortest || one.size() > kLongest) return {};
  for (const auto other : members(known)) {
    if (registrable(other) == one) return {};
  }
  for (const auto other : members(known)) {
    const auto base = registrable(other);
    if (base.size() > kLongest || !are_of_a_length(one, base, kSlips)) continue;
    if (distance(one, base) <= kSlips) return other;
  }
  return {};
}

class Weighing {
 public:
  Weighing(const Scene& scene, Signs& signs) : scene_(scene), signs_(signs) {}

  void of_states() {
    for (TargetIndex target = 0; target < scene_.estate.targets.size(); ++target) {
      const auto& one = scene_.estate.targets[target];
      if (one.role != Role::sensor || !concerns_us(scene_, one)) continue;
      const auto view = scene_.history.view(target);
      if (view.worst != nullptr && view.worst->latest.facts != nullptr) of_state(one, *view.worst);
    }
  }

  void of_changes() {
    for (const auto& change : scene_.history.changes()) {
      const auto& target = scene_.estate.targets[change.target];
      if (!change.is_live || change.is_approved || !concerns_us(scene_, target)) continue;
      if (is_announced(scene_, change.at)) continue;
      of_change(target, change);
    }
  }

 private:
  void say(std::string_view signal, std::string claim, std::vector<std::uint64_t> cites) {
    if (!said_.insert(signal).second) return;
    signs_.push_back({signal, std::move(claim), std::move(cites)});
  }

  void of_state(const Target& target, const Series& series) {
    const auto& facts = *series.latest.facts;
    const auto statuses = members(facts.get(Fact::registry_status));
    const auto has = [&](std::string_view word) {
      return std::ranges::find(statuses, word) != statuses.end();
    };
    const auto* const dark = std::ranges::find_if(kDark, has);
    const auto expires = parse_time(facts.get(Fact::registry_expires));
    // Grace after the end is only worth a word once something is wrong.
    if (dark != kDark.end()) {
      say(kSignals[0],
          "the registration of " + target.host + " is in " + std::string(*dark),
          {series.latest_seq});
    } else if (expires && *expires <= scene_.now) {
      say(kSignals[0],
          "the registration of " + target.host + " ended on " + print_time(*expires).substr(0, 10),
          {series.latest_seq});
    }
    if (has("pending-transfer") && !is_announced(scene_, series.latest.at)) {
      say(kSignals[3],
          "the registration of " + target.host + " is being transferred to another registrar",
          {series.latest_seq});
    }
  }

  void of_change(const Target& target, const Change& change) {
    const std::string host = target.host;
    if (change.fact == Fact::registrar) {
      say(kSignals[1],
          "the registration of " + host + " is now with " + change.is + ", before with " +
              change.was,
          {change.seq});
    } else if (change.fact == Fact::registry_unlocked) {
      say(kSignals[2],
          "the registration of " + host + " is no longer locked against " + change.is,
          {change.seq});
    } else if (change.fact == Fact::delegation_signed && change.is == "no") {
      say(kSignals[6], "the registry no longer holds a key for " + host, {change.seq});
    } else if (change.fact == Fact::delegation) {
      of_delegation(host, change);
    }
    of_imitation(host, change);
  }

  void of_delegation(const std::string& domain, const Change& change) {
    const auto moved = std::ranges::find_if(scene_.history.changes(), [&](const Change& other) {
      return (other.fact == Fact::networks || other.fact == Fact::routes) && !other.is_approved &&
             time_between(other.at, change.at) <= kTogether &&
             is_within(scene_.estate.targets[other.target].host, domain);
    });
    const std::string claim = "the registry now delegates " + domain + " to " + change.is +
                              " (before: " + change.was + ")";
    if (moved == scene_.history.changes().end()) {
      say(kSignals[4], claim, {change.seq});
    } else {
      say(kSignals[5],
          claim + ", and " + scene_.estate.targets[moved->target].host +
              " leads elsewhere since the same day",
          {change.seq, moved->seq});
    }
  }

  void of_imitation(const std::string& host, const Change& change) {
    const bool is_server = change.fact == Fact::delegation || change.fact == Fact::name_servers ||
                           change.fact == Fact::mail_servers;
    if (!is_server || said_.contains(kSignals[7])) return;
    const auto original = mistaken_for(change.is, change.was);
    if (original.empty()) return;
    say(kSignals[7],
        change.is + " now serves " + host + ": a name made to be taken for " +
            std::string(original),
        {change.seq});
  }

  const Scene& scene_;
  Signs& signs_;
  std::set<std::string_view> said_;
};

void weigh(const Scene& scene, Signs& signs) {
  Weighing weighing(scene, signs);
  weighing.of_states();
  weighing.of_changes();
}

}  // namespace

const Rule rules::registry{
    .name = "registry",
    .question = "Is the registration ours, locked, paid for and delegated as before?",
    .teacher = "A newspaper, an airline and an exchange lost their registrar accounts (2013-2020).",
    .fooled_by = "A move to another registrar or DNS provider that nobody announced.",
    .signals = kSignals,
    .weigh = weigh};

}  // namespace bw
