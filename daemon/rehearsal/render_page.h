// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/rehearsal/book.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bw::rehearsal {

// Everything that a page of the world is made of; the healthy one and, edited, the altered one.
struct PageView {
  const WorldFile* world = nullptr;
  const Endpoint* endpoint = nullptr;
  std::uint64_t edition = 0;  // of the harmless content: changes as `churn.body` says
  std::vector<std::string> scripts;
  std::string form_action;           // empty: no form
  std::vector<std::string> inserts;  // raw HTML in the main part
  std::vector<std::string> inline_scripts;
  std::vector<std::string> frames;
};
[[nodiscard]] PageView healthy_page(const WorldFile& world,
                                    const Endpoint& endpoint,
                                    std::uint64_t edition);
[[nodiscard]] std::string render_page(const PageView& page);
// What an accepted and a refused password lead to.
[[nodiscard]] std::string render_signed_in(const PageView& page);
[[nodiscard]] std::string render_short_page(const WorldFile& world,
                                            std::string_view heading,
                                            std::string_view text);
// A script as its edition makes it: some kilobytes of plausible, harmless code.
[[nodiscard]] std::string render_script(std::string_view url, std::uint64_t edition);
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace bw::rehearsal
