// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/reader.h"
#include "daemon/notify/customer_notice.h"

#include <algorithm>
#include <optional>

namespace bw::config {
namespace {

// Words that stand in a draft of limited length.
std::string read_words(Section& section, std::string_view key, std::size_t bytes_max) {
  auto text = section.text(key);
  if (text.size() <= bytes_max) return text;
  section.problem(section.at(key),
                  in_quotes(key) + " is " + std::to_string(text.size()) +
                      " bytes long, and there is room for " + std::to_string(bytes_max),
                  "it must fit into a push message together with the rest");
  return {};
}

std::optional<bool> read_choice(Section& section, std::string_view key) {
  if (section.find(key) == nullptr) return std::nullopt;
  return section.boolean(key, false);
}

}  // namespace

void read_customer_words(Reading& reading, Section& section, Function& function) {
  auto table = section.table("customers");
  if (!table) return;
  auto& words = function.customers;
  words.name = read_words(*table, "name", kCustomerNameMax);
  words.is_plural = read_choice(*table, "plural");
  words.fails = read_words(*table, "fails", kCustomerClauseMax);
  words.works = read_words(*table, "works", kCustomerClauseMax);
  words.advice = read_words(*table, "advice", kCustomerAdviceMax);
  words.instead = read_functions_key(reading, *table, "instead");
  words.is_shown = read_choice(*table, "shown");
  if (!function.id.empty() &&
      std::ranges::find(words.instead, function.id) != words.instead.end()) {
    table->problem(table->at("instead"),
                   "a function cannot stand in for itself",
                   "name what customers can use while it fails");
  }
  table->finish();
}

void read_notices(Reading& reading) {
  auto section = section_of(reading, "notices");
  if (!section) return;
  auto& notices = reading.config.notices;
  notices.names_providers = section->boolean("name_providers", notices.names_providers);
  notices.link = read_url(*section, "link");
  if (notices.link.size() > kNoticeLinkMax) {
    section->problem(section->at("link"),
                     "\"link\" is " + std::to_string(notices.link.size()) +
                         " bytes long, and there is room for " + std::to_string(kNoticeLinkMax),
                     "give customers a shorter address");
    notices.link.clear();
  }
  section->finish();
}

}  // namespace bw::config
