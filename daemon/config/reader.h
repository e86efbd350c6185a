// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/config.h"
#include "daemon/config/feeds.h"
#include "daemon/config/section.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// How the parts of a configuration file are read, one function a section. Inside daemon/config
// only.
namespace bw::config {

// As long as a certificate or a path may be trusted unseen.
inline constexpr Millis kHandshakeEveryMax{std::chrono::hours{1}};

// [defaults], and what else targets inherit.
struct Defaults {
  Millis interval{60'000};
  Millis deadline{10'000};
  Millis slow{0};
  Millis handshake_every{std::chrono::minutes{5}};
  std::string ca_file;
};

// What is under way while one file is read.
struct Reading {
  const ConfigSources& sources;
  std::string directory;  // of the file: relative paths start here; empty: where we run
  Problems& problems;
  Section root;
  Config config;
  Defaults defaults;
  std::map<std::string, Position, std::less<>> ids;  // "target checkout" -> where it was given
};

// `[key]`, or nothing when the file has none.
[[nodiscard]] std::optional<Section> section_of(Reading& reading, std::string_view key);

// The section's `id`: present, well formed and not used before among its `sort` ("target"); empty
// after a complaint.
[[nodiscard]] std::string read_id(Reading& reading, Section& section, std::string_view sort);
// An id that was not written but follows from other keys; complains where it is taken.
void claim_id(Reading& reading, Section& section, std::string_view sort, const std::string& id);

// Ids of functions or providers that must exist; those that do not are reported and left out.
[[nodiscard]] std::vector<std::string> read_functions_key(Reading& reading,
                                                          Section& section,
                                                          std::string_view key);
[[nodiscard]] std::vector<std::string> read_providers_key(Reading& reading,
                                                          Section& section,
                                                          std::string_view key);

// A URL that a probe or a notifier may ask; empty after a complaint.
[[nodiscard]] std::string read_url(Section& section, std::string_view key);
// Reports what is wrong with `url`, if anything; false then. The URL itself is not repeated.
bool check_url(Section& section, Position at, std::string_view key, std::string_view url);
// Each "address[:port]".
[[nodiscard]] std::vector<std::string> read_endpoints(Section& section, std::string_view key);

// A file that must be readable; relative to the configuration file.
[[nodiscard]] std::string read_path(Reading& reading, Section& section, std::string_view key);
// A value that is a secret: from KEY_file, KEY_credential or a whole-value KEY = "${NAME}". A
// literal is refused unless `allows_literal`. Empty when there is none, or after a complaint.
[[nodiscard]] std::string read_secret(Reading& reading,
                                      Section& section,
                                      std::string_view key,
                                      bool allows_literal = false);
// The value of a text that may be a whole-value "${NAME}"; nothing after a complaint.
[[nodiscard]] std::optional<std::string> expand(
    Reading& reading, Section& section, Position at, std::string_view key, const std::string& text);
// "${NAME}", whole: NAME. Empty for anything else.
[[nodiscard]] std::string_view variable_of(std::string_view text);

void read_organisation(Reading& reading);
void read_vantages(Reading& reading);
void read_functions(Reading& reading);
// [function.customers], once every function is known.
void read_customer_words(Reading& reading, Section& section, Function& function);
void read_notices(Reading& reading);  // [notices]
void read_providers(Reading& reading);
void read_windows(Reading& reading);
void read_defaults(Reading& reading);
void read_daemon(Reading& reading);  // [net] [web] [journal] [log] [judge] state_directory
void read_targets(Reading& reading);
// One [[target]].
void read_target(Reading& reading, Section& section);
void read_target_sets(Reading& reading);
void read_controls(Reading& reading);
void read_feeds(Reading& reading);   // of the organisation and of providers
void read_alerts(Reading& reading);  // [[destination]] [[route]]

// What a provider may be, as in `role = "..."`.
[[nodiscard]] const std::vector<std::string_view>& provider_roles();
// The directory's entry that a provider's `feed = "NAME"` means; null where it is a table, absent,
// or a name that is not known.
[[nodiscard]] const KnownFeed* known_feed_of(Section& provider);

// A header's value that is usually a password of some sort: refused as a literal, never shown.
[[nodiscard]] bool is_secret_header(std::string_view name);

}  // namespace bw::config
