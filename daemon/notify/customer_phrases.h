// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/notify/customer_notice.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// The parts of which a customer notice is made: names, clauses and sentences on functions. A clause
// has neither a capital nor a full stop.
namespace bw::customers {

using Served = std::vector<const ServedFunction*>;

[[nodiscard]] std::string capitalised(std::string text);
[[nodiscard]] std::string as_sentence(std::string clause);
// A configured clause, whether or not it was written as a sentence.
[[nodiscard]] std::string as_clause(std::string_view text);

// As it stands inside a sentence; at most kCustomerNameMax bytes.
[[nodiscard]] std::string name_of(const ServedFunction& function);
[[nodiscard]] std::vector<std::string> names_of(const Served& functions);
// "card payments" of "card payments in stores".
[[nodiscard]] std::string_view head_of(std::string_view name);
// "is" or "are".
[[nodiscard]] std::string_view verb_of(const ServedFunction& function);
// "A", "A and B", "A, B and C"; of more than `most` names, "A, B and 2 more".
[[nodiscard]] std::string join_names(std::vector<std::string> names, std::size_t most);
// " in stores or online"; empty where a door has no word. The pattern joins two words.
[[nodiscard]] std::string where(const std::vector<Surface>& doors, std::string_view pattern);

// How a function serves: "gift cards are not available in stores or online".
[[nodiscard]] std::string clause_of(const ServedFunction& function);
// The same of several, from the fullest form to the shortest: a sentence each; a sentence for those
// that stand alike; of these only the graver; of the gravest only some by name.
[[nodiscard]] std::vector<std::string> forms_of(const Served& functions);

}  // namespace bw::customers
