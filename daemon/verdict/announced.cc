// SPDX-License-Identifier: Apache-2.0
#include "daemon/verdict/announced.h"

#include "probes/text.h"

#include <algorithm>
#include <array>

namespace bw {
namespace {

constexpr Millis kAround{std::chrono::hours{12}};

// Parts of words, in lower case.
constexpr std::string_view kGround[] = {
    "dns",       "name server", "nameserver", "domain",   "registrar", "certificate",
    "authority", "issuer",      "cdn",        "edge",     "network",   "address",
    "route",     "transit",     "host",       "provider", "data cent", "migrat",
    "move",      "moving",      "cloud",      "zone",     "deleg",     "traffic"};
constexpr std::string_view kPages[] = {"script",
                                       "tag",
                                       "page",
                                       "release",
                                       "deploy",
                                       "roll",
                                       "site",
                                       "checkout",
                                       "payment",
                                       "design",
                                       "look",
                                       "front",
                                       "app",
                                       "form",
                                       "launch",
                                       "widget",
                                       "chat",
                                       "analytics"};

bool is_about_pages(Fact fact) {
  return fact == Fact::script_origins || fact == Fact::frames || fact == Fact::form_actions ||
         fact == Fact::inline_scripts || fact == Fact::csp || fact == Fact::security_headers;
}

bool speaks_of(std::string_view text, const auto& parts) {
  return std::ranges::any_of(parts, [&](const auto part) { return text.contains(part); });
}

}  // namespace

bool is_announced(const Board& board, const Estate& estate, const Change& change) {
  const std::vector<std::string> functions{estate.targets[change.target].function};
  for (const auto* kind : {"change", "maintenance"}) {
    for (const auto* planned : board.planned(kind, change.at, kAround, functions)) {
      const auto text = lower(planned->announcement.text);
      if (is_about_pages(change.fact) ? speaks_of(text, kPages) : speaks_of(text, kGround))
        return true;
    }
  }
  return false;
}

}  // namespace bw
