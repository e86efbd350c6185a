// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/certificate.h"
#include "probes/dialogue.h"
#include "probes/ending.h"
#include "probes/resolution.h"
#include "probes/text.h"

#include <algorithm>
#include <array>

// Speaks to a mail server as one that delivers would, up to before the mail itself.
namespace bw {
namespace {

constexpr std::uint16_t kDefaultPort = 25;
constexpr std::size_t kCodeBytes = 3;
constexpr std::size_t kOffersMax = 64;
constexpr std::size_t kKeywordBytesMax = 40;
constexpr std::size_t kEhloTurn = 1;
constexpr std::array kSettings = std::to_array<Setting>({
    {.key = "host", .type = "text", .is_required = true, .about = "name or address to connect to"},
    {.key = "port", .type = "integer", .about = "default 25"},
    {.key = "starttls", .type = "boolean", .about = "true: TLS must be offered, and is started"},
    {.key = "server_name", .type = "text", .about = "name in the certificate; default host"},
    {.key = "ca_file", .type = "text", .about = "trust these roots (PEM) instead of the system's"},
    {.key = "verify", .type = "boolean", .about = "false: only report what is wrong; default true"},
    {.key = "warn_before",
     .type = "duration",
     .about = "degraded when the certificate ends sooner"},
    {.key = "ehlo", .type = "text", .about = "our name in EHLO; default bellwether"},
    {.key = "mail_from", .type = "text", .about = "sender to ask for; default none: no mail"},
    {.key = "rcpt_to", .type = "text", .about = "recipient that must be accepted; nothing is sent"},
    {.key = "slow", .type = "duration", .about = "degraded when the dialogue takes longer"},
});

Ask begin(const Spec& spec, Look& /*look*/) {
  auto turns = smtp_turns({.client_name = spec.client_name,
                           .has_tls = !spec.starttls.empty(),
                           .sender = spec.mail_from,
                           .recipient = spec.rcpt_to});
  return {.what = TalkAsk{.host = spec.host,
                          .port = spec.port == 0 ? kDefaultPort : spec.port,
                          .turns = std::move(turns),
                          .server_name = spec.server_name,
                          .trust = spec.trust,
                          .pin = {}},
          .deadline = spec.deadline};
}

// Of the answer's last line; empty where that is no reply (RFC 5321, 4.2).
std::string_view code_of(std::string_view answer) {
  answer = trim(answer);
  const auto feed = answer.rfind('\n');
  const auto code =
      (feed == std::string_view::npos ? answer : answer.substr(feed + 1)).substr(0, kCodeBytes);
  const bool is_code = code.size() == kCodeBytes &&
                       std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
  return is_code ? code : std::string_view();
}

// What EHLO is answered with, line by line, but for the first, which is the server's name.
std::vector<std::string> offers_of(std::string_view answer) {
  std::vector<std::string> offers;
  auto feed = answer.find('\n');
  while (feed != std::string_view::npos && offers.size() < kOffersMax) {
    answer.remove_prefix(feed + 1);
    feed = answer.find('\n');
    auto line = trim(answer.substr(0, feed));
    line.remove_prefix(std::min(line.size(), kCodeBytes + 1));
    auto keyword = token(lower(line.substr(0, line.find_first_of(" ="))), kKeywordBytesMax);
    if (!keyword.empty()) offers.push_back(std::move(keyword));
  }
  return offers;
}

void add_facts(const std::vector<std::string>& answers, Facts& facts) {
  std::string codes;
  for (const auto& answer : answers) {
    const auto code = code_of(answer);
    if (code.empty()) continue;
    codes += (codes.empty() ? "" : " ") + std::string(code);
    facts.set(Fact::status, std::string(code));
  }
  facts.set(Fact::replies, std::move(codes));
  if (!answers.empty()) facts.set(Fact::banner, banner_of(answers.front()));
  if (answers.size() > kEhloTurn) facts.set_members(Fact::offers, offers_of(answers[kEhloTurn]));
}

Step read(const Spec& spec, Look& look, const Reply& reply, Time now) {
  add_resolution_facts(look, reply);
  if (reply.chain) add_certificate_facts(look, *reply.chain);
  Facts facts = std::move(look.facts);
  add_facts(reply.answers, facts);
  if (reply.failure != Outcome::ok) return failed(reply, std::move(facts));
  return finish_handshake(spec, reply, std::move(facts), now);
}

}  // namespace

const ProbeKind kinds::smtp{.name = "smtp",
                            .about = "a mail server: greeting, EHLO, TLS, sender and recipient",
                            .settings = kSettings,
                            .begin = begin,
                            .read = read};

}  // namespace bw
