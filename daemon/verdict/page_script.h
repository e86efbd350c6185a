// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/verdict/history.h"

#include <string>
#include <string_view>

namespace bw {

// A member of Fact::script_marks (probes/script.h) taken apart: what a script does that it did not
// do before, which origin serves it ("inline": the page itself) and, of a sender, to whom.
struct ScriptMark {
  enum class Kind : std::uint8_t { none, sends, hides, drains, boasts };
  Kind kind = Kind::none;
  std::string_view from;
  std::string_view to;
};
[[nodiscard]] ScriptMark parse_script_mark(std::string_view member);
// Of "https://static.shop.example:8443"; empty for "inline".
[[nodiscard]] std::string_view host_of_origin(std::string_view origin);

// Visitors enter something here: it is sensitive, or shows a password or a card's field.
[[nodiscard]] bool takes_input(const History& history, TargetIndex target);
// A page of ours shows a script that newly does what skimmers, drainers or defacers do, where that
// can hurt: draining wallets and boasting anywhere, the rest where visitors enter something.
[[nodiscard]] bool is_hostile_script(const History& history, const Change& change);

// Who serves what comes from this host: a provider's id where a target of that name, or else of
// that domain, is the provider's; kOwn else.
[[nodiscard]] std::string owner_of_host(const Estate& estate, std::string_view host);
// Who serves the scripts that became hostile and were seen so since then; empty where none did.
[[nodiscard]] std::string server_of_hostile_script(const History& history, Time since);

}  // namespace bw
