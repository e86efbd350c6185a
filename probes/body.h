// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/edge.h"
#include "probes/html.h"
#include "probes/json_leaves.h"
#include "probes/probe.h"
#include "probes/words.h"

#include <optional>
#include <string>
#include <string_view>

namespace bw {

// Whether a body holds the text that makes it ours.
enum class Likeness { unknown, ours, lacking };

// What a reply's body is and says.
struct Body {
  std::optional<Page> page;        // HTML
  std::optional<JsonLeaves> json;  // JSON
  std::string text;                // what a person or an app's user reads of it; valid UTF-8
  Likeness likeness = Likeness::unknown;
  BodyClass body_class = BodyClass::normal;
  Words words;            // what counts of its claims, given the class
  std::string withdrawn;  // the words or the "key=value" that say that a function is not offered
  std::string rejected;   // the first of Spec::reject_text that it holds
};
// `status_is_expected`: the status is one that a healthy target answers with.
[[nodiscard]] Body read_body(const Spec& spec,
                             const HttpReply& http,
                             const Url& url,
                             const EdgeReading& edge,
                             bool status_is_expected);
// body_class text words withdrawn; of a page also title, language, fingerprints, scripts, forms,
// frames, fields; of JSON the top-level keys.
[[nodiscard]] FactChanges body_facts(const Body& body, const Url& url);
// About as much memory as it takes.
[[nodiscard]] std::size_t bytes_of(const Body& body);
// A few words for a note: what the body says, at most `bytes_max`; may be empty.
[[nodiscard]] std::string say_of(const Body& body, std::size_t bytes_max = 90);

}  // namespace bw
