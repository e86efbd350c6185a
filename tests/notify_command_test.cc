// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "tests/support/run.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

// `bellwether notify --test`, against servers on loopback.
namespace bw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
namespace fs = std::filesystem;

struct Said {
  int status = -1;
  std::string out;
  std::string err;
};

// A configuration with one destination, whose address is a secret in a file.
class NotifyCommand : public ::testing::Test {
 protected:
  NotifyCommand() {
    std::string pattern = (fs::temp_directory_path() / "bellwether-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~NotifyCommand() override { fs::remove_all(folder_); }

  std::string configure(const std::string& kind, const std::string& url) {
    testing::write_file((folder_ / "url").string(), url);
    fs::permissions(folder_ / "url", fs::perms::owner_read | fs::perms::owner_write);
    const auto path = (folder_ / "bellwether.toml").string();
    testing::write_file(path, R"([organisation]
name = "Hartley & Moor"
domain = "hartley.example"
[[function]]
id = "browse"
[[target]]
id = "home"
kind = "page"
function = "browse"
url = "https://www.hartley.example/"
[[destination]]
id = "chat"
kind = ")" + kind + R"("
url_file = "url"
)");
    return path;
  }

  static Said notify(cli::NotifyOptions options, bool is_json = false) {
    Said said;
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    said.status = cli::notify(options, {.is_json = is_json, .has_color = false});
    said.out = ::testing::internal::GetCapturedStdout();
    said.err = ::testing::internal::GetCapturedStderr();
    return said;
  }

  Said test_of(const std::string& kind, const std::string& url, bool is_json = false) {
    return notify({.config = configure(kind, url), .destination = "chat"}, is_json);
  }

  fs::path folder_;
};

// Answers what it is told to, and keeps what it was sent.
struct Service {
  explicit Service(std::string response)
      : server([this, response = std::move(response)](test::Server::Peer& peer) {
          received = peer.read_request();
          peer.send(response);
        }) {}
  std::string received;
  test::Server server;  // last: it joins before what its scripts write to goes
};

TEST_F(NotifyCommand, DeliversAMarkedMessageOnce) {
  Service slack(test::ok_response("ok"));
  const auto said = test_of("slack", slack.server.url("/services/T0/B0/sEcReT"));
  EXPECT_EQ(said.status, cli::kFine) << said.out << said.err;
  EXPECT_THAT(said.out, HasSubstr("/(hidden): delivered: answered 200: ok"));
  EXPECT_THAT(said.out, Not(HasSubstr("sEcReT")));
  EXPECT_EQ(slack.server.connections(), 1);
  EXPECT_THAT(slack.received, HasSubstr("POST /services/T0/B0/sEcReT"));
}

TEST_F(NotifyCommand, SaysWhyItWasRefusedAndWhatToDo) {
  Service slack("HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno_team");
  const auto said = test_of("slack", slack.server.url("/services/T0/B0/sEcReT"));
  EXPECT_EQ(said.status, cli::kFound);
  EXPECT_THAT(said.out, HasSubstr("not delivered: answered 404: no_team"));
  EXPECT_THAT(said.out, HasSubstr("make a new one"));
  EXPECT_EQ(slack.server.connections(), 1);
}

TEST_F(NotifyCommand, TriesOnceEvenWhereAnAlertWouldTryAgain) {
  Service slack("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n");
  const auto said = test_of("slack", slack.server.url("/services/T0/B0/x"), true);
  EXPECT_EQ(said.status, cli::kFound);
  const json told = json::parse(said.out);
  EXPECT_EQ(told.at("result"), "try_again");
  EXPECT_EQ(told.at("answers").at(0).at("status"), 503);
  EXPECT_THAT(told.at("answers").at(0).at("hint"), HasSubstr("in trouble"));
  EXPECT_EQ(slack.server.connections(), 1);
}

TEST_F(NotifyCommand, TellsAServiceThatDoesNotAnswerFromOneThatRefuses) {
  const auto url = "http://127.0.0.1:" + std::to_string(test::closed_port()) + "/services/T0/B0/x";
  const auto said = test_of("slack", url, true);
  EXPECT_EQ(said.status, cli::kCannot);
  const json told = json::parse(said.out);
  EXPECT_EQ(told.at("answers").at(0).at("status"), nullptr);
  EXPECT_THAT(told.at("answers").at(0).at("words"), HasSubstr("refused the connection"));
  EXPECT_THAT(told.at("answers").at(0).at("hint"), HasSubstr("firewall"));
}

TEST_F(NotifyCommand, ShowsTheBytesAndSendsNone) {
  Service slack(test::ok_response("ok"));
  const auto config = configure("slack", slack.server.url("/services/T0/B0/sEcReT"));
  const cli::NotifyOptions options{.config = config, .destination = "chat", .is_dry_run = true};
  const auto plain = notify(options);
  EXPECT_EQ(plain.status, cli::kFine);
  EXPECT_THAT(plain.out, HasSubstr("/(hidden)\nContent-Type: application/json\n("));
  EXPECT_THAT(plain.out, HasSubstr("Test from bellwether: nothing is wrong at Hartley"));
  const json told = json::parse(notify(options, true).out);
  EXPECT_EQ(told.at("result"), "not sent");
  const json ask = told.at("asks").at(0);
  EXPECT_EQ(ask.at("method"), "POST");
  EXPECT_EQ(ask.at("body_bytes"), ask.at("body").get<std::string>().size());
  EXPECT_TRUE(json::accept(ask.at("body").get<std::string>()));
  EXPECT_THAT(told.dump(), Not(HasSubstr("sEcReT")));
  EXPECT_EQ(slack.server.connections(), 0);
}

TEST_F(NotifyCommand, HelpsWithAMistypedDestination) {
  const auto config = configure("slack", "https://hooks.slack.com/services/T0/B0/x");
  const auto said = notify({.config = config, .destination = "caht"});
  EXPECT_EQ(said.status, cli::kUsage);
  EXPECT_THAT(said.out, IsEmpty());
  EXPECT_THAT(said.err, HasSubstr("there is no destination \"caht\""));
  EXPECT_THAT(said.err, HasSubstr("did you mean \"chat\"?"));
}

TEST_F(NotifyCommand, ReportsAMistakenConfigurationInstead) {
  const auto said = test_of("teams", "https://shop.webhook.office.com/webhookb2/x");
  EXPECT_EQ(said.status, cli::kFound);
  EXPECT_THAT(said.err, HasSubstr("bellwether.toml:"));
}

}  // namespace
}  // namespace bw
