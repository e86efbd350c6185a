// SPDX-License-Identifier: Apache-2.0
#include "probes/catalog.h"
#include "probes/dialogue.h"
#include "tests/support/asker.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace bw {
namespace {

using namespace std::chrono_literals;
using test::Asker;
using test::Identity;
using test::IdentityWish;
using test::Server;
using testing::ElementsAre;
using testing::HasSubstr;

// What a server says, one answer for each thing that it is told.
struct Saying {
  std::string after;  // a line that begins like this; empty: at once
  std::string answer;
};

// Reads line by line; a question that it does not know ends it.
Server::Script knows(std::vector<Saying> sayings) {
  return [sayings = std::move(sayings)](Server::Peer& peer) {
    for (const auto& [after, answer] : sayings) {
      std::string heard;
      while (heard.size() < after.size()) {
        const auto more = peer.read();
        if (more.empty()) return;
        heard += more;
      }
      if (!heard.starts_with(after)) return;
      if (answer == "TLS") {
        if (!peer.start_tls()) return;
      } else if (!peer.send(answer)) {
        return;
      }
    }
    peer.hold();
  };
}

constexpr std::string_view kSslRequest("\0\0\0\x08\x04\xd2\x16\x2f", 8);

std::vector<Saying> smtp_until_tls() {
  return {{"", "220-mail.shop.example ESMTP\r\n220 go on\r\n"},
          {"EHLO ", "250-mail.shop.example\r\n250-SIZE 1000\r\n250-starttls\r\n250 HELP\r\n"},
          {"STARTTLS\r\n", "220 2.0.0 Ready to start TLS\r\n"},
          {"", "TLS"}};
}

class NetTalk : public testing::Test {
 public:
  NetTalk(const NetTalk&) = delete;
  NetTalk& operator=(const NetTalk&) = delete;

 protected:
  NetTalk() { std::ofstream(ca_file) << identity.certificate_pem; }
  ~NetTalk() override { std::filesystem::remove(ca_file); }

  [[nodiscard]] static IdentityWish mail() {
    IdentityWish wish;
    wish.name = "mail.shop.example";
    wish.dns_names = {"mail.shop.example"};
    return wish;
  }
  [[nodiscard]] Spec spec(std::string_view kind, const Server& server) const {
    Spec spec;
    spec.kind = kind;
    spec.host = "127.0.0.1";
    spec.port = server.port();
    spec.server_name = "mail.shop.example";
    spec.trust.ca_file = ca_file;
    spec.deadline = 5'000ms;
    return spec;
  }
  Finding look(const ProbeKind& kind, const Spec& spec) {
    Look look;
    const Reply reply = asker.ask(kind.begin(spec, look));
    return std::get<Finding>(kind.read(spec, look, reply, Time{}));
  }
  Finding starttls(std::string_view protocol,
                   Server::Script script,
                   Millis deadline = Millis{5'000}) {
    const Server server(std::move(script), identity, Server::Start::in_the_clear);
    auto wanted = spec("tls", server);
    wanted.starttls = protocol;
    wanted.deadline = deadline;
    return look(kinds::tls, wanted);
  }

  const Identity identity = test::make_identity(mail());
  const std::string ca_file = testing::TempDir() + "net_talk_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name() +
                              ".pem";
  Asker asker;
};

TEST_F(NetTalk, StartsTlsAsEachProtocolDoes) {
  const std::vector<std::pair<std::string, std::vector<Saying>>> protocols{
      {"smtp", smtp_until_tls()},
      {"imap",
       {{"", "* OK ready\r\n"},
        {"a1 CAPABILITY\r\n", "* CAPABILITY IMAP4rev1 STARTTLS IDLE\r\na1 OK done\r\n"},
        {"a2 STARTTLS\r\n", "a2 OK begin\r\n"},
        {"", "TLS"}}},
      {"pop3", {{"", "+OK hello\r\n"}, {"STLS\r\n", "+OK begin\r\n"}, {"", "TLS"}}},
      {"postgres", {{std::string(kSslRequest), "S"}, {"", "TLS"}}},
  };
  for (const auto& [protocol, sayings] : protocols) {
    const auto finding = starttls(protocol, knows(sayings));
    EXPECT_EQ(finding.outcome, Outcome::ok) << protocol << ": " << finding.note;
    EXPECT_EQ(finding.facts.get(Fact::cert_issuer), "O=Shop Ltd, CN=mail.shop.example");
    EXPECT_EQ(finding.facts.get(Fact::tls_version), "TLS 1.3") << protocol;
  }
}

TEST_F(NetTalk, TakesLeaveInsideTls) {
  std::string heard;
  {
    const Server server(
        [&heard](Server::Peer& peer) {
          peer.send("+OK\r\n");
          peer.read();
          peer.send("+OK\r\n");
          if (peer.start_tls()) heard = peer.read();
        },
        identity,
        Server::Start::in_the_clear);
    auto wanted = spec("tls", server);
    wanted.starttls = "pop3";
    EXPECT_EQ(look(kinds::tls, wanted).outcome, Outcome::ok);
  }
  EXPECT_EQ(heard, "QUIT\r\n");
}

TEST_F(NetTalk, AServerThatDoesNotOfferTlsIsNamed) {
  const auto none =
      starttls("smtp", knows({{"", "220 mail\r\n"}, {"EHLO ", "250-mail\r\n250 STARTTLSX\r\n"}}));
  EXPECT_EQ(none.outcome, Outcome::tls_handshake);
  EXPECT_THAT(none.note, HasSubstr("does not offer STARTTLS"));
  auto refusing = smtp_until_tls();
  refusing[2].answer = "454 4.7.0 TLS not available\r\n";
  const auto refused = starttls("smtp", knows(refusing));
  EXPECT_EQ(refused.outcome, Outcome::tls_handshake);
  EXPECT_THAT(refused.note,
              HasSubstr("said \"454 4.7.0 TLS not available\" in answer to STARTTLS"));
  EXPECT_EQ(starttls("postgres", knows({{std::string(kSslRequest), "N"}})).outcome,
            Outcome::tls_handshake);
  EXPECT_EQ(starttls("pop3", knows({{"", "+OK\r\n"}, {"STLS", "-ERR no\r\n"}})).outcome,
            Outcome::tls_handshake);
  const auto imap = starttls("imap",
                             knows({{"", "* OK\r\n"},
                                    {"a1 ", "* CAPABILITY IMAP4rev1\r\na1 OK\r\n"},
                                    {"a2 ", "a2 BAD\r\n"}}));
  EXPECT_EQ(imap.outcome, Outcome::tls_handshake);
  EXPECT_THAT(imap.note, HasSubstr("does not offer STARTTLS"));
}

TEST_F(NetTalk, WordsSlippedInBeforeTlsAreNoticed) {
  auto injecting = smtp_until_tls();
  injecting[2].answer += "250 ok, take this for mine\r\n";
  const auto finding = starttls("smtp", knows(injecting));
  EXPECT_EQ(finding.outcome, Outcome::tls_handshake);
  EXPECT_THAT(finding.note, HasSubstr("sent more in the clear after it had agreed"));
  const auto postgres = starttls("postgres", knows({{std::string(kSslRequest), "SR"}}));
  EXPECT_EQ(postgres.outcome, Outcome::tls_handshake);
  EXPECT_THAT(postgres.note, HasSubstr("sent more in the clear"));
}

TEST_F(NetTalk, TheCertificateBehindStartTlsIsVerified) {
  const Server server(knows(smtp_until_tls()), identity, Server::Start::in_the_clear);
  auto wanted = spec("tls", server);
  wanted.starttls = "smtp";
  wanted.server_name = "other.example";
  EXPECT_EQ(look(kinds::tls, wanted).outcome, Outcome::tls_wrong_name);
}

TEST_F(NetTalk, HostileServersEndInTimeAndByName) {
  struct Case {
    const char* name;
    Server::Script script;
    Outcome outcome;
    const char* words;
  };
  const auto floods = [](std::string piece) {
    return [piece = std::move(piece)](Server::Peer& peer) {
      while (peer.send(piece)) {
      }
    };
  };
  const std::vector<Case> cases{
      {"never answers", test::holds(), Outcome::reply_timeout, "sent nothing as its greeting"},
      {"drips",
       [](Server::Peer& peer) {
         while (peer.send("2") && peer.pause(20ms)) {
         }
       },
       Outcome::reply_stalled,
       "no end of its answer as its greeting"},
      {"one line without end",
       floods(std::string(4096, '2')),
       Outcome::reply_malformed,
       "32768 bytes without an end"},
      {"lines without end",
       floods("220-and so on\r\n"),
       Outcome::reply_malformed,
       "32768 bytes without an end"},
      {"binary",
       floods(std::string("\0\xff\x80\n", 4)),
       Outcome::reply_malformed,
       "without an end"},
      {"hangs up", [](Server::Peer&) {}, Outcome::reply_reset, "without a word as its greeting"},
      {"hangs up in a line",
       [](Server::Peer& peer) { peer.send("220 ma"); },
       Outcome::reply_reset,
       "in the middle of a line"},
      {"sends no one away kindly",
       knows({{"", "554 5.7.1 \x01\xffgo away\r\n"}}),
       Outcome::status_unexpected,
       "said \"554 5.7.1 ..go away\" as its greeting"},
      {"stops before TLS",
       knows({{"", "220 m\r\n"}, {"EHLO", "250 STARTTLS\r\n"}, {"STARTTLS", "220 go\r\n"}}),
       Outcome::tls_timeout,
       "did not finish the TLS handshake"},
  };
  for (const auto& one : cases) {
    const auto finding = starttls("smtp", one.script, Millis{1'000});
    EXPECT_EQ(finding.outcome, one.outcome) << one.name << ": " << finding.note;
    EXPECT_THAT(finding.note, HasSubstr(one.words)) << one.name;
  }
}

TEST_F(NetTalk, AMailServerIsToldNoMoreThanIsNeeded) {
  const std::string after_tls = "250-mail.shop.example\r\n250 HELP\r\n";
  auto sayings = smtp_until_tls();
  sayings.insert(sayings.end(),
                 {{"EHLO probe.example\r\n", after_tls},
                  {"MAIL FROM:<a@shop.example>\r\n", "250 2.1.0 Ok\r\n"},
                  {"RCPT TO:<b@shop.example>\r\n", "252 2.1.5 will try\r\n"},
                  {"QUIT\r\n", "221 bye\r\n"}});
  const Server server(knows(sayings), identity, Server::Start::in_the_clear);
  auto wanted = spec("smtp", server);
  wanted.starttls = "smtp";
  wanted.client_name = "probe.example";
  wanted.mail_from = "a@shop.example";
  wanted.rcpt_to = "b@shop.example";
  const auto finding = look(kinds::smtp, wanted);
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::banner), "220-mail.shop.example ESMTP");
  EXPECT_EQ(finding.facts.get(Fact::replies), "220 250 220 250 250 252 221");
  EXPECT_EQ(finding.facts.get(Fact::offers), "help size starttls");
  EXPECT_EQ(finding.facts.get(Fact::status), "221");
  EXPECT_FALSE(finding.facts.get(Fact::cert_key).empty());
}

TEST_F(NetTalk, ARefusedRecipientIsAFailureWithItsCode) {
  const Server server(knows({{"", "220 mail\r\n"},
                             {"EHLO bellwether\r\n", "250 mail\r\n"},
                             {"MAIL", "250 ok\r\n"},
                             {"RCPT", "550-5.1.1 no such\r\n550 5.1.1 user\r\n"}}));
  auto wanted = spec("smtp", server);
  wanted.mail_from = "a@shop.example";
  wanted.rcpt_to = "b@shop.example";
  const auto finding = look(kinds::smtp, wanted);
  EXPECT_EQ(finding.outcome, Outcome::status_unexpected);
  EXPECT_THAT(finding.note, HasSubstr("said \"550-5.1.1 no such\" in answer to RCPT TO"));
  EXPECT_EQ(finding.facts.get(Fact::status), "550");
  EXPECT_EQ(finding.facts.get(Fact::replies), "220 250 250 550");
}

TEST_F(NetTalk, ADialogueOfOnesOwnMayStartTlsInTheMiddle) {
  const Server server(knows({{"", "welcome\r\nready for you\r\n"},
                             {"secure\r\n", "Yes\r\n"},
                             {"", "TLS"},
                             {"hello\r\n", "hello yourself\r\n"}}),
                      identity,
                      Server::Start::in_the_clear);
  auto wanted = spec("tcp", server);
  wanted.dialogue.resize(3);
  wanted.dialogue[0].expect = {"READY"};
  wanted.dialogue[1].send = "secure\r\n";
  wanted.dialogue[1].expect = {"yes"};
  wanted.dialogue[1].starts_tls = true;
  wanted.dialogue[2].send = "hello\r\n";
  wanted.dialogue[2].expect = {"hello"};
  const auto finding = look(kinds::tcp, wanted);
  EXPECT_EQ(finding.outcome, Outcome::ok) << finding.note;
  EXPECT_EQ(finding.facts.get(Fact::banner), "welcome");
  EXPECT_FALSE(finding.facts.get(Fact::cert_key).empty());
  wanted.dialogue[0].expect = {"+OK"};
  wanted.deadline = 500ms;
  const auto wrong = look(kinds::tcp, wanted);
  EXPECT_EQ(wrong.outcome, Outcome::content_missing);
  EXPECT_EQ(wrong.note, "turn 1: expected \"+OK\", got \"welcome..ready for you\"");
}

}  // namespace
}  // namespace bw
