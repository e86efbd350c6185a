// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/target_keys.h"

#include "daemon/config/talk_keys.h"
#include "daemon/config/values.h"
#include "probes/series.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace bw::config {
namespace {

constexpr Millis kDay{std::chrono::hours{24}};
constexpr std::size_t kItemsMax = 100;  // of headers, expected values, records

const std::vector<std::string_view> http_methods{
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
const std::vector<std::string_view> record_types{
    "A", "AAAA", "NS", "MX", "CAA", "TXT", "CNAME", "SOA", "DS", "SRV", "TLSA", "HTTPS"};

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void read_host(Reading& /*reading*/, Section& section, Spec& spec) {
  const std::string host = section.text("host");
  if (host.empty()) return;
  if (is_host(host)) {
    spec.host = host;
    return;
  }
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string::npos && is_host(host.substr(0, colon)) &&
                        is_number(std::string_view(host).substr(colon + 1));
  std::string hint;
  if (inspect_url(host).url) hint = "write only the name, without https:// and path";
  if (has_port) hint = "write the port apart: port = " + host.substr(colon + 1);
  section.problem(section.at("host"), in_quotes(host) + " is not a host name or address", hint);
}

void read_domain(Reading& /*reading*/, Section& section, Spec& spec) {
  const std::string domain = section.text("domain");
  const bool has_dot = domain.find('.') != std::string::npos;
  if (domain.empty()) return;
  if (is_host(domain) && has_dot) {
    spec.host = domain;
    return;
  }
  section.problem(section.at("domain"),
                  in_quotes(domain) + " is not a domain name",
                  "write what is registered, such as domain = \"shop.example\"");
}

void read_server_name(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.server_name = section.text("server_name");
  if (spec.server_name.empty() || is_host(spec.server_name)) return;
  section.problem(section.at("server_name"), in_quotes(spec.server_name) + " is not a host name");
}

void read_expect_status(Reading& /*reading*/, Section& section, Spec& spec) {
  const auto* node = section.find("expect_status");
  if (node == nullptr) return;
  const auto add = [&](const Node& item) {
    const auto* status = std::get_if<std::int64_t>(&item.value);
    if (status == nullptr || *status < 100 || *status > 599) {
      section.problem(item.at,
                      "\"expect_status\" must be HTTP status codes from 100 to 599",
                      "write expect_status = 200 or expect_status = [200, 204]");
      return;
    }
    spec.expect_status.push_back(static_cast<int>(*status));
  };
  if (const auto* list = std::get_if<List>(&node->value)) {
    for (const auto& item : *list)
      add(item);
  } else {
    add(*node);
  }
}

bool has_too_many(Section& section, std::string_view key, const Section& table) {
  if (table.keys().size() <= kItemsMax) return false;
  section.problem(section.at(key), in_quotes(key) + " has more than 100 entries");
  return true;
}

void read_expect_json(Reading& /*reading*/, Section& section, Spec& spec) {
  auto table = section.table("expect_json");
  if (!table || has_too_many(section, "expect_json", *table)) return;
  for (const auto key : table->keys()) {
    const auto& node = *table->find(key);
    if (const auto value = scalar_text(node)) {
      spec.expect_json.emplace(key, *value);
      continue;
    }
    section.problem(node.at,
                    "\"expect_json\": " + in_quotes(key) +
                        " must be a text, an integer or true or false, not " +
                        std::string(type_of(node)),
                    "a key inside another is written with a dot: \"" + std::string(key) +
                        R"(.name" = "value"; "*" stands for any value)");
  }
}

void read_headers(Reading& reading, Section& section, Spec& spec) {
  auto table = section.table("headers");
  if (!table || has_too_many(section, "headers", *table)) return;
  // A journey's step, which has no kind, may have a variable where a secret would stand.
  const auto is_filled = [&spec](std::string_view value) {
    return spec.kind.empty() && !variables_in(value).empty();
  };
  for (const auto name : table->keys()) {
    const std::string value = table->text(name);
    if (value.empty()) continue;
    const Position at = table->at(name);
    if (!is_token(name)) {
      section.problem(at, "\"headers\": " + in_quotes(name) + " cannot be the name of a header");
    } else if (has_control(value)) {
      section.problem(at, "\"headers\": " + in_quotes(name) + " holds a control character");
    } else if (is_secret_header(name) && value.find("${") == std::string::npos &&
               !is_filled(value)) {
      section.problem(
          at,
          "\"headers\": " + in_quotes(name) + " is a secret and must not stand in this file",
          "write " + std::string(name) + " = \"${NAME}\"");
    } else if (auto expanded = expand(reading, *table, at, name, value)) {
      spec.headers.push_back({.name = std::string(name), .value = std::move(*expanded)});
    }
  }
}

void read_body(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.body = section.text("body");
  const bool can_have_one = spec.method == "POST" || spec.method == "PUT" || spec.method == "PATCH";
  if (spec.body.empty() || can_have_one) return;
  section.problem(section.at("body"),
                  "a " + spec.method + " request has no body",
                  R"(write method = "POST", or leave "body" out)");
}

void check_record_type(Section& section, const Item& type) {
  if (std::ranges::find(record_types, type.text) != record_types.end()) return;
  section.problem(
      type.at,
      in_quotes(type.text) + " is not a record type",
      did_you_mean(type.text, record_types, "it is one of " + enumerated(record_types)));
}

void read_record_types(Reading& /*reading*/, Section& section, Spec& spec) {
  for (auto& type : section.items("record_types")) {
    check_record_type(section, type);
    spec.record_types.push_back(std::move(type.text));
  }
}

void read_expect_records(Reading& /*reading*/, Section& section, Spec& spec) {
  auto table = section.table("expect_records");
  if (!table || has_too_many(section, "expect_records", *table)) return;
  const auto& types = spec.record_types;
  for (const auto type : table->keys()) {
    const Position at = table->at(type);
    check_record_type(section, {.text = std::string(type), .at = at});
    if (!types.empty() && std::ranges::find(types, type) == types.end()) {
      section.problem(at,
                      "\"expect_records\" expects " + in_quotes(type) +
                          ", which \"record_types\" does not ask for",
                      "add it to \"record_types\"");
    }
    spec.expect_records.emplace(type, table->texts(type));
  }
}

// A service that tells about us, or a name server.
void read_server(Reading& /*reading*/, Section& section, Spec& spec) {
  if (spec.kind != "dns") {
    spec.url = read_url(section, "server");
    return;
  }
  const std::string server = section.text("server");
  if (server.empty()) return;
  if (is_endpoint(server, false)) {
    spec.server = server;
    return;
  }
  section.problem(section.at("server"),
                  "\"server\": " + in_quotes(server) + " is not an address",
                  R"(write "192.0.2.53", "192.0.2.53:5353" or "[2001:db8::53]:53")");
}

void read_username(Reading& reading, Section& section, Spec& spec) {
  spec.username = read_secret(reading, section, "username", true);
}
// Read after the user name: the one is nothing without the other.
void read_password(Reading& reading, Section& section, Spec& spec) {
  spec.password = read_secret(reading, section, "password");
  const auto is_given = [&section](const std::string& key) {
    return section.has(key) || section.has(key + "_file") || section.has(key + "_credential");
  };
  if (is_given("username") && !is_given("password")) {
    section.missing("password",
                    "a canary account has both: write password_file, password_credential or "
                    "password = \"${NAME}\"");
  }
  if (is_given("password") && !is_given("username")) {
    section.missing("username", "a canary account has both");
  }
}
void read_credential_origins(Reading& /*reading*/, Section& section, Spec& spec) {
  for (auto& item : section.items("credential_origins")) {
    if (!check_url(section, item.at, "credential_origins", item.text)) continue;
    spec.credential_origins.push_back(std::move(item.text));
  }
}
void read_ca_file(Reading& reading, Section& section, Spec& spec) {
  if (section.has("ca_file")) spec.trust.ca_file = read_path(reading, section, "ca_file");
}
// Read after the host: a route is looked up for the one or the other.
void read_addresses(Reading& /*reading*/, Section& section, Spec& spec) {
  for (auto& item : section.items("addresses")) {
    if (parse_address(item.text)) {
      spec.addresses.push_back(std::move(item.text));
    } else {
      section.problem(item.at,
                      "\"addresses\": " + in_quotes(item.text) + " is not an address",
                      R"(write such as "192.0.2.10" or "2001:db8::10")");
    }
  }
  if (spec.kind == "route" && !section.has("host") && !section.has("addresses")) {
    section.missing("host", R"(write host = "www.shop.example", or addresses = ["192.0.2.10"])");
  }
}
void read_normal(Reading& /*reading*/, Section& section, Spec& spec) {
  const auto* node = section.find("normal");
  if (node == nullptr) return;
  if (const auto* whole = std::get_if<std::int64_t>(&node->value)) {
    spec.normal = static_cast<double>(*whole);
  } else if (const auto* number = std::get_if<double>(&node->value)) {
    spec.normal = *number;
  } else {
    section.problem(node->at,
                    "\"normal\" must be a number, not " + std::string(type_of(*node)),
                    "write what the query usually yields, such as normal = 0.03");
    return;
  }
  constexpr double kMax = 1e15;
  if (spec.normal <= 0 || spec.normal > kMax) {
    section.problem(node->at,
                    "\"normal\" must be above 0",
                    "leave it out where the series is usually 0, and have the usual value learnt");
    spec.normal = 0;
  }
}
void read_format(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.format = section.word("format", feed_formats(), {});
}

// In the order in which they are read: `method` before `body`, `record_types` before
// `expect_records`, `secrets` before `step`.
constexpr auto kTargetKeys = std::to_array<TargetKey>({
    {.name = "url", .read = read_target_url},
    {.name = "host", .read = read_host},
    {.name = "domain", .read = read_domain},
    {.name = "port",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.port = static_cast<std::uint16_t>(s.integer("port", spec.port, 1, 65'535));
         }},
    {.name = "server_name", .read = read_server_name},
    {.name = "method",
     .read = [](Reading&,
                Section& s,
                Spec& spec) { spec.method = s.word("method", http_methods, "GET"); }},
    {.name = "headers", .read = read_headers},
    {.name = "body", .read = read_body},
    {.name = "ca_file", .read = read_ca_file},
    {.name = "verify",
     .read = [](Reading&,
                Section& s,
                Spec& spec) { spec.trust.is_verified = s.boolean("verify", true); }},
    {.name = "expect_status", .read = read_expect_status},
    {.name = "expect_text",
     .read = [](Reading&, Section& s, Spec& spec) { spec.expect_text = s.text("expect_text"); }},
    {.name = "reject_text",
     .read = [](Reading&, Section& s, Spec& spec) { spec.reject_text = s.texts("reject_text"); }},
    {.name = "expect_json", .read = read_expect_json},
    {.name = "body_bytes_max",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.body_bytes_max = static_cast<std::size_t>(s.integer(
               "body_bytes_max", static_cast<std::int64_t>(spec.body_bytes_max), 1024, 16 << 20));
         }},
    {.name = "redirects_max",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.redirects_max =
               static_cast<int>(s.integer("redirects_max", spec.redirects_max, 0, 20));
         }},
    {.name = "scripts_max",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.scripts_max = static_cast<int>(s.integer("scripts_max", spec.scripts_max, 1, 12));
         }},
    {.name = "script_bytes_max",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.script_bytes_max =
               static_cast<std::size_t>(s.integer("script_bytes_max",
                                                  static_cast<std::int64_t>(spec.script_bytes_max),
                                                  1024,
                                                  512 << 10));
         }},
    {.name = "slow",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.slow = s.duration("slow", spec.slow, Millis{1}, std::chrono::minutes{5});
         }},
    {.name = "handshake_every",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.handshake_every =
               s.duration("handshake_every", spec.handshake_every, Millis{0}, kHandshakeEveryMax);
         }},
    {.name = "username", .read = read_username},
    {.name = "password", .read = read_password},
    {.name = "username_field",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.username_field = s.text("username_field", spec.username_field);
         }},
    {.name = "password_field",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.password_field = s.text("password_field", spec.password_field);
         }},
    {.name = "credential_origins", .read = read_credential_origins},
    {.name = "starttls", .read = read_starttls},
    {.name = "ehlo", .read = read_ehlo},
    {.name = "mail_from", .read = read_mail_from},
    {.name = "rcpt_to", .read = read_rcpt_to},
    {.name = "send", .read = [](Reading&, Section& s, Spec& spec) { spec.send = s.text("send"); }},
    {.name = "send_hex", .read = read_send_hex},
    {.name = "expect",
     .read = [](Reading&, Section& s, Spec& spec) { spec.expect = s.text("expect"); }},
    {.name = "expect_hex", .read = read_expect_hex},
    {.name = "dialogue", .read = read_dialogue},
    {.name = "service",
     .read = [](Reading&, Section& s, Spec& spec) { spec.service = s.text("service"); }},
    {.name = "echoes",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.echoes = static_cast<int>(s.integer("echoes", spec.echoes, 1, 20));
         }},
    {.name = "loss_max",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.loss_percent_max =
               static_cast<int>(s.integer("loss_max", spec.loss_percent_max, 0, 99));
         }},
    {.name = "record_types", .read = read_record_types},
    {.name = "expect_records", .read = read_expect_records},
    {.name = "server", .read = read_server},
    {.name = "warn_before",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.warn_before = s.duration("warn_before", 7 * kDay, Millis{0}, 365 * kDay);
         }},
    {.name = "format", .read = read_format},
    {.name = "addresses", .read = read_addresses},
    {.name = "query",
     .read = [](Reading&, Section& s, Spec& spec) { spec.query = s.text("query"); }},
    {.name = "means",
     .read =
         [](Reading&, Section& s, Spec& spec) {
           spec.means = s.word("means", {kSeriesMeanings.begin(), kSeriesMeanings.end()}, {});
         }},
    {.name = "normal", .read = read_normal},
    {.name = "components",
     .read = [](Reading&, Section& s, Spec& spec) { spec.components = s.texts("components"); }},
    {.name = "secrets", .read = read_secrets},
    {.name = "step", .read = read_steps},
});

}  // namespace

std::span<const TargetKey> target_keys() {
  return kTargetKeys;
}

const TargetKey* find_target_key(std::string_view name) {
  const auto* const at = std::ranges::find(kTargetKeys, name, &TargetKey::name);
  return at == kTargetKeys.end() ? nullptr : at;
}

std::optional<std::string> scalar_text(const Node& node) {
  if (const auto* text = std::get_if<std::string>(&node.value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&node.value)) return std::to_string(*number);
  if (const auto* flag = std::get_if<bool>(&node.value)) return *flag ? "true" : "false";
  return std::nullopt;
}

const std::vector<std::string_view>& feed_formats() {
  static const std::vector<std::string_view> kFormats{"statuspage",
                                                      "incident-io",
                                                      "instatus",
                                                      "google-cloud",
                                                      "aws",
                                                      "salesforce-trust",
                                                      "slack",
                                                      "status-io",
                                                      "better-stack",
                                                      "stripe",
                                                      "paypal",
                                                      "heroku",
                                                      "zendesk",
                                                      "algolia",
                                                      "azure-rss",
                                                      "rss",
                                                      "atom"};
  return kFormats;
}

}  // namespace bw::config
