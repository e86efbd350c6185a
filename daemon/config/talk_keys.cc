// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/talk_keys.h"

#include "daemon/config/values.h"
#include "probes/dialogue.h"
#include "probes/url.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

namespace bw::config {
namespace {

constexpr std::size_t kTurnsMax = 32;
constexpr std::size_t kMailWordMax = 254;  // RFC 5321, 4.5.3.1.3 without the brackets

void read_websocket_url(Section& section, Spec& spec) {
  const std::string url = section.text("url");
  if (url.empty()) return;
  if (!url.starts_with("ws://") && !url.starts_with("wss://")) {
    section.problem(section.at("url"),
                    R"("url" does not begin with "wss://" or "ws://")",
                    R"(write such as url = "wss://live.shop.example/prices")");
  } else if (check_url(section, section.at("url"), "url", "http" + url.substr(2))) {
    spec.url = url;
  }
}

// What becomes part of a line that is sent: an address or a name in one word.
std::string read_mail_word(Section& section, std::string_view key, std::string fallback) {
  std::string word = section.text(key, fallback);
  const bool is_word = word.size() <= kMailWordMax && std::ranges::all_of(word, [](char c) {
                         return c > ' ' && c < '\x7f' && c != '<' && c != '>';
                       });
  if (is_word) return word;
  section.problem(section.at(key),
                  in_quotes(key) + ": " + in_quotes(word) + " cannot be sent",
                  "write one word of ASCII without < and >, such as probe@shop.example");
  return fallback;
}

std::optional<std::string> parse_hex(std::string_view text) {
  std::string bytes;
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    digits += c;
    if (digits.size() < 2) continue;
    unsigned byte = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + 2, byte, 16);
    if (error != std::errc{} || end != digits.data() + 2) return std::nullopt;
    bytes += static_cast<char>(byte);
    digits.clear();
  }
  if (!digits.empty()) return std::nullopt;
  return bytes;
}

// `KEY_hex` instead of `KEY`, which has been read.
void read_hex(Section& section, std::string_view key, std::string& bytes) {
  const std::string hex_key = std::string(key) + "_hex";
  const std::string hex = section.text(hex_key);
  if (hex.empty()) return;
  auto parsed = parse_hex(hex);
  if (!parsed || parsed->empty()) {
    section.problem(section.at(hex_key),
                    in_quotes(hex_key) + ": " + in_quotes(hex) + " is not hexadecimal",
                    "write two digits a byte, such as \"1b 00 ff\"");
  } else if (section.has(key)) {
    section.problem(section.at(hex_key),
                    in_quotes(key) + " and " + in_quotes(hex_key) + " exclude each other",
                    "leave one of them out");
  } else {
    bytes = std::move(*parsed);
  }
}

}  // namespace

void read_target_url(Reading& /*reading*/, Section& section, Spec& spec) {
  if (spec.kind == "websocket") {
    read_websocket_url(section, spec);
    return;
  }
  spec.url = read_url(section, "url");
  if (spec.kind != "grpc" || spec.url.empty()) return;
  const auto url = parse_url(spec.url);
  if (url && url->path == "/" && url->query.empty()) return;
  section.problem(section.at("url"),
                  R"("url" has a path)",
                  "leave it out: which method is called is known, \"service\" says whose health");
}

void read_starttls(Reading& /*reading*/, Section& section, Spec& spec) {
  if (spec.kind == "smtp") {
    spec.starttls = section.boolean("starttls", false) ? "smtp" : "";
  } else {
    spec.starttls =
        section.word("starttls", {kStartTlsProtocols.begin(), kStartTlsProtocols.end()}, {});
  }
}

void read_ehlo(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.client_name = read_mail_word(section, "ehlo", spec.client_name);
}

void read_mail_from(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.mail_from = read_mail_word(section, "mail_from", {});
}

void read_rcpt_to(Reading& /*reading*/, Section& section, Spec& spec) {
  spec.rcpt_to = read_mail_word(section, "rcpt_to", {});
  if (spec.rcpt_to.empty() || section.has("mail_from")) return;
  section.missing("mail_from", "a recipient is only taken from a sender");
}

void read_send_hex(Reading& /*reading*/, Section& section, Spec& spec) {
  read_hex(section, "send", spec.send);
  if (spec.kind == "udp" && !section.has("send") && !section.has("send_hex")) {
    section.missing("send", "nobody answers without a question; write send or send_hex");
  }
}

void read_expect_hex(Reading& /*reading*/, Section& section, Spec& spec) {
  read_hex(section, "expect", spec.expect);
}

void read_dialogue(Reading& /*reading*/, Section& section, Spec& spec) {
  if (!section.has("dialogue")) return;
  if (!spec.send.empty() || !spec.expect.empty()) {
    section.problem(section.at("dialogue"),
                    R"("dialogue" stands beside "send" or "expect")",
                    "make them a turn of it");
  }
  bool is_secure = false;
  auto sections = section.tables("dialogue");
  if (sections.size() > kTurnsMax) {
    section.problem(section.at("dialogue"), "\"dialogue\" has more than 32 turns");
    return;
  }
  for (auto& one : sections) {
    Turn turn;
    turn.send = one.text("send");
    if (const auto expect = one.text("expect"); !expect.empty()) turn.expect.push_back(expect);
    turn.starts_tls = one.boolean("starttls", false);
    turn.about = "turn " + std::to_string(spec.dialogue.size() + 1);
    one.finish();
    if (turn.send.empty() && turn.expect.empty() && !turn.starts_tls) {
      one.problem(one.at(), "says and expects nothing", "write send, expect or starttls = true");
    }
    if (turn.starts_tls && is_secure) {
      one.problem(one.at("starttls"), "TLS has been started by an earlier turn");
    }
    is_secure = is_secure || turn.starts_tls;
    spec.dialogue.push_back(std::move(turn));
  }
}

}  // namespace bw::config
