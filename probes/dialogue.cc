// SPDX-License-Identifier: Apache-2.0
#include "probes/dialogue.h"

#include <initializer_list>

namespace bw {
namespace {

constexpr std::string_view kClientName = "bellwether";

// The last line of a reply of that code: "250 ", but not "250-" (RFC 5321, 4.2.1).
void expect_code(Turn& turn, std::string_view code) {
  for (const auto* end : {" ", "\r", "\n"})
    turn.expect.push_back(std::string(code) + end);
}

// `send` without its line end; empty: the server speaks first.
Turn smtp_turn(std::string_view about, std::string_view send, std::string_view code) {
  Turn turn;
  if (!send.empty()) turn.send = std::string(send) + "\r\n";
  expect_code(turn, code);
  turn.refuse = {"1", "3", "4", "5"};
  turn.about = about;
  turn.otherwise = Outcome::status_unexpected;
  return turn;
}

Turn ehlo(std::string_view client_name) {
  return smtp_turn("EHLO", "EHLO " + std::string(client_name), "250");
}

void add_smtp_starttls(std::vector<Turn>& turns) {
  turns.back().offer = "STARTTLS";
  turns.back().otherwise = Outcome::tls_handshake;
  turns.push_back(smtp_turn("STARTTLS", "STARTTLS", "220"));
  turns.back().otherwise = Outcome::tls_handshake;
  turns.back().starts_tls = true;
}

Turn line_turn(std::string_view about, std::string_view send, std::string_view tag) {
  Turn turn;
  if (!send.empty()) turn.send = std::string(send) + "\r\n";
  turn.expect = {std::string(tag) + " OK"};
  turn.refuse = {std::string(tag) + " NO", std::string(tag) + " BAD", "* BYE"};
  turn.about = about;
  turn.otherwise = Outcome::tls_handshake;
  return turn;
}

std::vector<Turn> imap_turns() {
  std::vector<Turn> turns{line_turn("greeting", {}, "*"),
                          line_turn("CAPABILITY", "a1 CAPABILITY", "a1"),
                          line_turn("STARTTLS", "a2 STARTTLS", "a2")};
  // Who is signed in already cannot start TLS any more.
  turns[0].refuse.emplace_back("* PREAUTH");
  turns[0].otherwise = Outcome::status_unexpected;
  turns[1].offer = "STARTTLS";
  return turns;
}

std::vector<Turn> pop3_turns() {
  std::vector<Turn> turns(2);
  for (auto& turn : turns) {
    turn.expect = {"+OK"};
    turn.refuse = {"-ERR"};
  }
  turns[0].about = "greeting";
  turns[0].otherwise = Outcome::status_unexpected;
  turns[1].send = "STLS\r\n";
  turns[1].about = "STLS";
  turns[1].otherwise = Outcome::tls_handshake;
  return turns;
}

std::vector<Turn> postgres_turns() {
  constexpr std::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);
  Turn turn;
  turn.send = kSslRequest;
  turn.expect = {"S"};
  turn.form = AnswerForm::byte;
  turn.about = "SSLRequest";
  turn.otherwise = Outcome::tls_handshake;
  return {turn};
}

Turn farewell_of(std::string_view protocol) {
  Turn turn;
  turn.is_farewell = true;
  if (protocol == "postgres") {
    turn.send = std::string("X\0\0\0\x04", 5);  // Terminate; it has no answer
  } else {
    turn.send = protocol == "imap" ? "a3 LOGOUT\r\n" : "QUIT\r\n";
    turn.expect = {protocol == "imap" ? "a3 " : protocol == "pop3" ? "+OK" : "221"};
  }
  return turn;
}

}  // namespace

std::vector<Turn> starttls_turns(std::string_view protocol) {
  std::vector<Turn> turns;
  if (protocol == "smtp") {
    turns = {smtp_turn("greeting", {}, "220"), ehlo(kClientName)};
    add_smtp_starttls(turns);
  } else {
    turns = protocol == "imap"   ? imap_turns()
            : protocol == "pop3" ? pop3_turns()
                                 : postgres_turns();
    turns.back().starts_tls = true;
  }
  // Who just hangs up is a line in the server's log, once a minute.
  turns.push_back(farewell_of(protocol));
  return turns;
}

std::uint16_t starttls_port(std::string_view protocol) {
  if (protocol == "smtp") return 25;
  if (protocol == "imap") return 143;
  return protocol == "pop3" ? 110 : 5432;
}

std::vector<Turn> smtp_turns(const MailTalk& talk) {
  std::vector<Turn> turns{smtp_turn("greeting", {}, "220"), ehlo(talk.client_name)};
  if (talk.has_tls) {
    add_smtp_starttls(turns);
    turns.push_back(ehlo(talk.client_name));  // what was said before TLS does not count any more
  }
  if (!talk.sender.empty()) {
    turns.push_back(smtp_turn("MAIL FROM", "MAIL FROM:<" + talk.sender + ">", "250"));
  }
  if (!talk.sender.empty() && !talk.recipient.empty()) {
    turns.push_back(smtp_turn("RCPT TO", "RCPT TO:<" + talk.recipient + ">", "250"));
    expect_code(turns.back(), "251");  // will be forwarded
    expect_code(turns.back(), "252");  // will be tried
  }
  turns.push_back(smtp_turn("QUIT", "QUIT", "221"));
  turns.back().is_farewell = true;
  return turns;
}

}  // namespace bw
