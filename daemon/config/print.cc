// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"
#include "daemon/config/reader.h"
#include "daemon/config/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace bw {
namespace {

constexpr std::string_view kHidden = "(hidden)";

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      std::array<char, 2> hex{};
      const auto [end, error] = std::to_chars(hex.data(), hex.data() + hex.size(), byte, 16);
      const std::string digits(hex.data(), end);
      out += "\\u" + std::string(4 - digits.size(), '0') + digits;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// Writes TOML, leaving out what is empty.
class Writer {
 public:
  void table(std::string_view header) {
    out_ += (out_.empty() ? "" : "\n") + std::string(header) + "\n";
  }
  void raw(std::string_view key, std::string_view value) {
    out_ += std::string(key) + " = " + std::string(value) + "\n";
  }
  void text(std::string_view key, std::string_view value) {
    if (!value.empty()) raw(key, quote(value));
  }
  void hidden(std::string_view key, std::string_view value) {
    if (!value.empty()) raw(key, quote(kHidden));
  }
  void flag(std::string_view key, bool value) { raw(key, value ? "true" : "false"); }
  void number(std::string_view key, std::int64_t value) { raw(key, std::to_string(value)); }
  void time(std::string_view key, Millis value) {
    if (value != Millis{0}) raw(key, quote(config::print_setting(value)));
  }
  template <class List, class Print>
  void list(std::string_view key, const List& values, Print print_one) {
    if (values.empty()) return;
    std::string inside;
    for (const auto& value : values)
      inside += (inside.empty() ? "" : ", ") + print_one(value);
    raw(key, "[" + inside + "]");
  }
  void texts(std::string_view key, const std::vector<std::string>& values) {
    list(key, values, [](const std::string& value) { return quote(value); });
  }
  template <class Pairs, class Print>
  void inline_table(std::string_view key, const Pairs& pairs, Print print_one) {
    if (pairs.empty()) return;
    std::string inside;
    for (const auto& pair : pairs)
      inside += (inside.empty() ? "" : ", ") + print_one(pair);
    raw(key, "{ " + inside + " }");
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

std::string print_pair(const std::pair<const std::string, std::string>& pair) {
  return quote(pair.first) + " = " + quote(pair.second);
}

void print_customer_words(Writer& out, const CustomerWords& words) {
  const bool has_any = !words.name.empty() || words.is_plural || !words.fails.empty() ||
                       !words.works.empty() || !words.advice.empty() || !words.instead.empty() ||
                       words.is_shown;
  if (!has_any) return;
  out.table("[function.customers]");
  out.text("name", words.name);
  if (words.is_plural) out.flag("plural", *words.is_plural);
  out.text("fails", words.fails);
  out.text("works", words.works);
  out.text("advice", words.advice);
  out.texts("instead", words.instead);
  if (words.is_shown) out.flag("shown", *words.is_shown);
}

void print_estate(Writer& out, const Config& config) {
  const auto& estate = config.estate;
  out.table("[organisation]");
  out.text("name", estate.organisation);
  out.text("domain", estate.domain);
  out.text("timezone", estate.timezone);
  out.flag("calendar", estate.has_calendar);
  for (const auto& vantage : estate.vantages) {
    out.table("[[vantage]]");
    out.text("id", vantage.id);
    out.text("network", vantage.network);
    out.flag("here", vantage.id == config.vantage);
  }
  for (const auto& function : estate.functions) {
    out.table("[[function]]");
    out.text("id", function.id);
    out.text("title", function.title);
    out.flag("critical", function.is_critical);
    print_customer_words(out, function.customers);
  }
  for (const auto& provider : estate.providers) {
    out.table("[[provider]]");
    out.text("id", provider.id);
    out.text("name", provider.name);
    out.text("role", provider.role);
    out.texts("needs", provider.needs);
    out.texts("allowed_issuers", provider.allowed_issuers);
    out.texts("networks", provider.networks);
    out.texts("name_servers", provider.name_servers);
  }
  for (const auto& window : estate.windows) {
    out.table("[[window]]");
    out.raw("from", print_time(window.from));
    out.raw("to", print_time(window.to));
    out.text("kind", window.kind);
    out.text("text", window.text);
    out.texts("functions", window.functions);
  }
}

void print_http(Writer& out, const Spec& spec) {
  if (spec.method != "GET") out.text("method", spec.method);
  // Any header may carry a token; these never do.
  out.inline_table("headers", spec.headers, [](const Header& header) {
    const bool is_plain = header.name == "accept" || header.name == "accept-language" ||
                          header.name == "content-type" || header.name == "user-agent";
    return quote(header.name) + " = " + quote(is_plain ? std::string_view(header.value) : kHidden);
  });
  out.hidden("body", spec.body);
  out.list("expect_status", spec.expect_status, [](int status) { return std::to_string(status); });
  out.text("expect_text", spec.expect_text);
  out.texts("reject_text", spec.reject_text);
  out.inline_table("expect_json", spec.expect_json, print_pair);
  if (!spec.username.empty()) {
    out.hidden("username", spec.username);
    out.hidden("password", spec.password);
    out.text("username_field", spec.username_field);
    out.text("password_field", spec.password_field);
    out.texts("credential_origins", spec.credential_origins);
  }
}

// Values may be secrets; a variable only says where one comes from.
std::string print_field(const std::pair<std::string, std::string>& field) {
  const auto names = variables_in(field.second);
  const bool is_variable = names.size() == 1 && field.second.size() == names.front().size() + 2;
  return quote(field.first) + " = " + quote(is_variable ? std::string_view(field.second) : kHidden);
}

std::string print_capture(const Capture& place) {
  const auto as = [&place](std::string_view key) {
    return quote(place.name) + " = { " + std::string(key) + " = " + quote(place.what);
  };
  switch (place.from) {
    case Capture::From::field:
      return as("field") + " }";
    case Capture::From::json:
      return as("json") + " }";
    case Capture::From::header:
      return as("header") + " }";
    case Capture::From::between:
      return as("after") + ", before = " + quote(place.end) + " }";
  }
  return {};
}

void print_journey(Writer& out, const Spec& spec) {
  out.inline_table("secrets", spec.secrets, [](const auto& secret) {
    return quote(secret.first) + " = " + quote(kHidden);
  });
  for (const auto& step : spec.steps) {
    out.table("[[target.step]]");
    out.text("name", step.name);
    out.text("url", step.request.url);
    print_http(out, step.request);
    out.inline_table("form", step.form, print_field);
    out.time("slow", step.request.slow);
    out.inline_table("capture", step.captures, print_capture);
  }
}

bool takes(const Spec& spec, std::string_view key) {
  const auto* kind = find_probe_kind(spec.kind);
  return kind != nullptr &&
         std::ranges::find(kind->settings, key, &Setting::key) != kind->settings.end();
}

// As text where it can be read, else as hexadecimal.
void print_bytes(Writer& out, const std::string& key, std::string_view bytes) {
  const bool is_text = std::ranges::all_of(
      bytes, [](char c) { return (c >= ' ' && c <= '~') || c == '\r' || c == '\n' || c == '\t'; });
  if (is_text) {
    out.text(key, bytes);
    return;
  }
  std::string hex;
  for (const char c : bytes)
    hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  out.text(key + "_hex", hex);
}

void print_talk(Writer& out, const Spec& spec) {
  if (spec.kind == "smtp") {
    out.flag("starttls", !spec.starttls.empty());
    out.text("ehlo", spec.client_name);
    out.text("mail_from", spec.mail_from);
    out.text("rcpt_to", spec.rcpt_to);
  } else {
    out.text("starttls", spec.starttls);
  }
  print_bytes(out, "send", spec.send);
  print_bytes(out, "expect", spec.expect);
  // What is said may hold a password.
  out.list("dialogue", spec.dialogue, [](const Turn& turn) {
    std::string inside;
    const auto add = [&](std::string_view key, const std::string& value) {
      inside += (inside.empty() ? "" : ", ") + std::string(key) + " = " + value;
    };
    if (!turn.send.empty()) add("send", quote(kHidden));
    if (!turn.expect.empty()) add("expect", quote(turn.expect.front()));
    if (turn.starts_tls) add("starttls", "true");
    return "{ " + inside + " }";
  });
  out.text("service", spec.service);
  if (spec.kind != "icmp") return;
  out.number("echoes", spec.echoes);
  out.number("loss_max", spec.loss_percent_max);
}

void print_spec(Writer& out, const Spec& spec) {
  if (spec.steps.empty()) out.text(takes(spec, "url") ? "url" : "server", spec.url);
  out.text(takes(spec, "domain") ? "domain" : "host", spec.host);
  if (spec.port != 0) out.number("port", spec.port);
  out.text("server_name", spec.server_name);
  out.text("ca_file", spec.trust.ca_file);
  if (!spec.trust.is_verified) out.flag("verify", false);
  print_http(out, spec);
  print_talk(out, spec);
  out.texts("record_types", spec.record_types);
  out.inline_table("expect_records", spec.expect_records, [](const auto& pair) {
    std::string inside;
    for (const auto& value : pair.second)
      inside += (inside.empty() ? "" : ", ") + quote(value);
    return quote(pair.first) + " = [" + inside + "]";
  });
  out.text("server", spec.server);
  out.time("warn_before", spec.warn_before);
  out.texts("addresses", spec.addresses);
  out.text("query", spec.query);
  out.text("means", spec.means);
  if (spec.normal > 0) out.raw("normal", fmt::format("{}", spec.normal));
  out.text("format", spec.format);
  out.texts("components", spec.components);
  out.time("slow", spec.slow);
  out.time("deadline", spec.deadline);
  // Zero means something: each look makes its own connection.
  if (takes(spec, "handshake_every"))
    out.raw("handshake_every", quote(config::print_setting(spec.handshake_every)));
  print_journey(out, spec);
}

void print_target(Writer& out, const Target& target, const Prober::Watched& watched) {
  out.table("[[target]]");
  out.text("id", target.id);
  out.text("kind", target.kind);
  out.text("role", print(target.role));
  out.text("function", target.function);
  out.text("owner", target.owner);
  out.text("surface", print(target.surface));
  out.flag("sensitive", target.is_sensitive);
  out.texts("needs", target.needs);
  out.texts("soft", target.soft);
  out.time("interval", watched.interval);
  print_spec(out, watched.spec);
}

void print_alerts(Writer& out, const Config& config) {
  for (const auto& destination : config.destinations) {
    out.table("[[destination]]");
    out.text("id", destination.id);
    out.text("kind", destination.kind);
    const auto* notifier = find_notifier(destination.kind);
    if (notifier != nullptr && notifier->is_address_public) {
      out.text("url", destination.url);
    } else {
      out.hidden("url", destination.url);
    }
    out.hidden("secret", destination.secret);
    out.text("chat", destination.chat);
    out.text("ca_file", destination.trust.ca_file);
    out.inline_table("labels", destination.labels, print_pair);
    out.texts("members", destination.members);
  }
  for (const auto& route : config.routes) {
    out.table("[[route]]");
    out.texts("destinations", route.destinations);
    out.texts("functions", route.functions);
    out.text("level", print(route.level_min));
    out.flag("cyber_only", route.is_cyber_only);
    out.flag("resolved", route.sends_resolved);
  }
}

void print_daemon(Writer& out, const Config& config) {
  const auto& net = config.net;
  out.table("[net]");
  out.texts("name_servers", net.name_servers);
  out.inline_table("ports", net.ports, [](const auto& pair) {
    return quote(std::to_string(pair.first)) + " = " + std::to_string(pair.second);
  });
  out.text("source_address", net.source_address);
  out.number("in_flight_max", net.in_flight_max);
  out.flag("prefers_v6", net.prefers_v6);
  out.flag("follows_inside", net.follows_inside);
  out.table("[defaults]");
  out.text("user_agent", net.user_agent);
  out.table("[web]");
  out.text("listen", config.web.listen);
  out.text("external_url", config.web.external_url);
  out.table("[notices]");
  out.flag("name_providers", config.notices.names_providers);
  out.text("link", config.notices.link);
  out.table("[journal]");
  out.time("age", config.retention.age);
  out.text("size", config::print_size(config.retention.bytes_max));
  out.table("[log]");
  out.text("level", config.log.level);
  if (config.evidence_file.empty()) return;
  out.table("[judge]");
  out.text("evidence_file", config.evidence_file);
}

}  // namespace

std::string print_config(const Config& config) {
  Writer out;
  out.text("state_directory", config.state_directory);
  print_estate(out, config);
  for (std::size_t i = 0; i < config.estate.targets.size(); ++i) {
    print_target(out, config.estate.targets[i], config.watched.at(i));
  }
  print_alerts(out, config);
  print_daemon(out, config);
  return out.take();
}

}  // namespace bw
