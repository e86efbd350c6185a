// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/config.h"

#include "daemon/config/target_keys.h"
#include "probes/feed_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string>

namespace bw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
namespace fs = std::filesystem;

const fs::path kTree = BW_SOURCE_DIR;

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> files(const fs::path& directory, std::string_view extension) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() == extension) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

std::string all(const std::vector<Error>& errors) {
  std::string text;
  for (const auto& error : errors)
    text += print(error) + "\n";
  return text;
}

// What stands around the part that a test is about.
constexpr std::string_view kBase = R"(
[organisation]
name = "Hartley & Moor"
domain = "hartley.example"
[[function]]
id = "browse"
[[provider]]
id = "edgeworks"
name = "Edgeworks CDN"
[[target]]
id = "home"
kind = "page"
function = "browse"
url = "https://www.hartley.example/"
)";

std::expected<Config, std::vector<Error>> parse(std::string_view more,
                                                const ConfigSources& sources = {}) {
  return parse_config(std::string(kBase) + std::string(more), "b.toml", sources);
}

Config good(std::string_view more, const ConfigSources& sources = {}) {
  auto config = parse(more, sources);
  if (!config) {
    ADD_FAILURE() << all(config.error());
    return {};
  }
  return *std::move(config);
}

std::string complaints(std::string_view more, const ConfigSources& sources = {}) {
  auto config = parse(more, sources);
  return config ? "accepted" : all(config.error());
}

// A directory that goes with the test.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "bellwether-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Scratch() { fs::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const fs::path path = path_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path.string();
  }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  fs::path path_;
};

// Each file has one mistake; beside it stands the exact message, as `check` prints it.
TEST(ConfigMistakes, EachIsNamedExactly) {
  const auto wrong = files(kTree / "tests/config", ".toml");
  EXPECT_GE(wrong.size(), 30U);
  ConfigSources sources;
  sources.environment = {{"GOOD_URL", "https://hooks.slack.com/services/T0/B0/x"},
                         {"OLD_URL", "https://shop.webhook.office.com/webhookb2/x"}};
  for (const auto& path : wrong) {
    auto config = parse_config(content(path), path.filename().string(), sources);
    auto expected = path;
    expected.replace_extension(".expected");
    const std::string got = config ? "accepted\n" : all(config.error());
    EXPECT_EQ(got, content(expected)) << path;
  }
}

TEST(ConfigMistakes, AreReportedAllAtOnceInTheOrderOfTheFile) {
  const auto config = parse_config(
      "[web]\nlisten = 9808\n[organisation]\nname = \"x\"\ndomain = \"x.example\"\nzone = \"UTC\"\n"
      "[[target]]\nid = \"a\"\nkind = \"pgae\"\n[log]\nlevel = \"loud\"\n",
      "b.toml",
      {});
  ASSERT_FALSE(config);
  std::vector<std::string> places;
  for (const auto& error : config.error())
    places.push_back(error.where);
  EXPECT_THAT(places, ElementsAre("b.toml:2:10", "b.toml:6:1", "b.toml:9:8", "b.toml:11:9"));
}

TEST(ConfigMistakes, BeyondTwoHundredAreCounted) {
  std::string more;
  for (int i = 0; i < 300; ++i)
    more += "[[function]]\nid = \"browse\"\n";
  const auto config = parse(more);
  ASSERT_FALSE(config);
  ASSERT_THAT(config.error(), SizeIs(201));
  EXPECT_EQ(config.error().back().what, "there are 100 more problems after these");
}

TEST(ConfigExample, IsAcceptedAsItStands) {
  const auto config = load_config((kTree / "config/bellwether.toml").string(), {});
  ASSERT_TRUE(config) << all(config.error());
  EXPECT_EQ(config->estate.organisation, "Hartley & Moor");
  EXPECT_THAT(config->watched, SizeIs(config->estate.targets.size()));
}

// Uncommenting an offer must not lead to a mistake (credentials and files are what they name).
TEST(ConfigExample, IsAcceptedWithEveryOfferTaken) {
  const Scratch scratch;
  std::string text;
  std::istringstream lines(content(kTree / "config/bellwether.toml"));
  bool is_in_block = false;
  for (std::string line; std::getline(lines, line);) {
    const bool is_commented = line.starts_with("# ");
    const std::string rest = is_commented ? line.substr(2) : line;
    if (is_commented && rest.starts_with("[")) is_in_block = true;
    if (line.empty() || line.starts_with("# --") || line.starts_with("[")) is_in_block = false;
    const bool is_setting = rest.find(" = ") != std::string::npos && rest.front() != ' ' &&
                            rest.substr(0, rest.find(" = ")).find(' ') == std::string::npos;
    const bool is_offer = is_commented && (is_setting || (is_in_block && rest.starts_with("[")));
    text += (is_offer ? rest : line) + "\n";
  }
  ConfigSources sources;
  sources.environment = {{"HARTLEY_API_TOKEN", "Bearer x"}};
  sources.credentials_directory = scratch.path();
  Scratch files;
  files.write("ca.pem", "x");
  files.write("evidence.toml", "");
  files.write("shops-1.json", R"([{"targets": ["one.example"], "labels": {"env": "live"}}])");
  std::ofstream(scratch.path() + "/slack") << "https://hooks.slack.com/services/T00/B00/abcdefgh\n";
  std::ofstream(scratch.path() + "/canary") << "secret\n";
  std::ofstream(scratch.path() + "/gift-card") << "6000 1234\n";
  std::ofstream(scratch.path() + "/pagerduty") << "0123456789abcdefghijABCDEFGHIJ01\n";
  std::ofstream(scratch.path() + "/discord") << "https://discord.com/api/webhooks/1/x\n";
  std::ofstream(scratch.path() + "/google-chat")
      << "https://chat.googleapis.com/v1/spaces/S/messages?key=k&token=t\n";
  std::ofstream(scratch.path() + "/mattermost") << "https://mattermost.example/hooks/x\n";
  std::ofstream(scratch.path() + "/telegram") << "https://api.telegram.org/bot1:x\n";
  std::ofstream(scratch.path() + "/rocket-chat") << "https://rocket.example/hooks/1/x\n";
  std::ofstream(scratch.path() + "/zulip") << "bot@hartley.zulipchat.com:x\n";
  std::ofstream(scratch.path() + "/matrix") << "syt_x\n";
  std::ofstream(scratch.path() + "/webex") << "x\n";
  const auto config = parse_config(text, files.path() + "/bellwether.toml", sources);
  ASSERT_TRUE(config) << all(config.error());
  EXPECT_EQ(config->estate.windows.size(), 1U);
  EXPECT_THAT(config->destinations, SizeIs(11));
  EXPECT_TRUE(config->estate.target("feed:own"));
  EXPECT_TRUE(config->estate.target("signin"));
  EXPECT_TRUE(config->estate.target("buying"));
  EXPECT_TRUE(config->estate.target("live-one.example"));
  EXPECT_EQ(config->vantage, "london");
}

TEST(ConfigWorlds, EachWorldsConfigurationIsAccepted) {
  std::size_t worlds = 0;
  for (const auto& entry : fs::directory_iterator(kTree / "tests/worlds")) {
    if (!entry.is_directory()) continue;
    const auto config = load_config((entry.path() / "bellwether.toml").string(),
                                    ConfigSources::standing_in("secret"));
    ASSERT_TRUE(config) << all(config.error());
    ++worlds;
    const auto& estate = config->estate;
    EXPECT_TRUE(estate.has_calendar);
    EXPECT_EQ(config->vantage, "london");
    EXPECT_TRUE(estate.target("feed:own")) << entry.path();
    for (const auto& function : estate.functions) {
      EXPECT_TRUE(std::ranges::any_of(estate.targets, [&function](const Target& target) {
        return target.function == function.id;
      })) << function.id;
    }
    const auto has = [&estate](Role role) {
      return std::ranges::any_of(estate.targets,
                                 [role](const Target& target) { return target.role == role; });
    };
    for (const auto role :
         {Role::service, Role::provider, Role::neighbour, Role::control, Role::feed}) {
      EXPECT_TRUE(has(role)) << entry.path() << " has no " << print(role);
    }
  }
  EXPECT_EQ(worlds, 6U);
}

TEST(Config, DefaultsAreThoseOfTheContract) {
  const auto config = good("");
  EXPECT_EQ(config.vantage, "here");
  EXPECT_THAT(config.estate.vantages, SizeIs(1));
  EXPECT_EQ(config.state_directory, "/var/lib/bellwether");
  EXPECT_EQ(config.web.listen, "127.0.0.1:9808");
  EXPECT_EQ(config.digest.size(), 64U);
  ASSERT_THAT(config.watched, SizeIs(1));
  EXPECT_EQ(config.watched[0].interval, Millis{60'000});
  EXPECT_EQ(config.watched[0].spec.deadline, Millis{10'000});
  EXPECT_EQ(config.estate.targets[0].host, "www.hartley.example");
  EXPECT_EQ(config.estate.targets[0].role, Role::service);
  EXPECT_THAT(config.net.user_agent, HasSubstr("bellwether/"));
}

TEST(Config, TheDigestFollowsTheText) {
  EXPECT_EQ(good("").digest, good("").digest);
  EXPECT_NE(good("").digest, good("# x").digest);
}

TEST(Config, TargetsComeFirstThenFeedsThenControls) {
  const auto config = good(R"(
[[control]]
url = "https://control.example/"
[[control]]
host = "192.0.2.9"
port = 53
[[provider]]
id = "paywell"
needs = ["edgeworks"]
feed = { url = "https://status.paywell.example/api/v2/summary.json", format = "statuspage", components = ["API"] }
[[target]]
id = "pay"
kind = "api"
function = "browse"
owner = "paywell"
url = "https://api.paywell.example/health"
[organisation.feed]
url = "https://news.hartley.example/feed.rss"
)");
  std::vector<std::string> ids;
  ids.reserve(config.estate.targets.size());
  for (const auto& target : config.estate.targets)
    ids.push_back(target.id);
  EXPECT_THAT(ids,
              ElementsAre("home",
                          "pay",
                          "feed:own",
                          "feed:paywell",
                          "control:control.example",
                          "control:192.0.2.9"));
  EXPECT_EQ(config.estate.targets[1].role, Role::provider);
  EXPECT_EQ(config.estate.targets[1].surface, Surface::app);
  EXPECT_THAT(config.estate.targets[1].needs, ElementsAre("paywell"));
  const auto& feed = config.watched[3];
  EXPECT_EQ(config.estate.targets[3].role, Role::feed);
  EXPECT_EQ(config.estate.targets[3].owner, "paywell");
  EXPECT_EQ(feed.spec.feed_provider, "paywell");
  EXPECT_EQ(feed.spec.format, "statuspage");
  EXPECT_THAT(feed.spec.components, ElementsAre("API"));
  EXPECT_EQ(feed.interval, Millis{120'000});
  EXPECT_TRUE(config.estate.providers[1].has_feed);
  EXPECT_FALSE(config.estate.providers[0].has_feed);
  EXPECT_EQ(config.estate.targets[5].kind, "tcp");
  EXPECT_EQ(config.watched[5].spec.port, 53);
  EXPECT_EQ(config.estate.targets[5].role, Role::control);
}

TEST(Config, EverySettingOfEveryKindHasAReader) {
  for (const auto* kind : probe_kinds()) {
    for (const auto& setting : kind->settings) {
      if (setting.key == "deadline" || setting.key.ends_with("_file") ||
          setting.key.ends_with("_credential") || setting.key.starts_with("step.")) {
        continue;  // every kind takes a deadline; others are forms of a secret, or read with "step"
      }
      EXPECT_NE(config::find_target_key(setting.key), nullptr)
          << kind->name << " takes " << setting.key;
    }
  }
}

TEST(Config, EveryFeedFormatThatMayBeWrittenIsRead) {
  for (const auto format : config::feed_formats())
    EXPECT_TRUE(is_feed_format(format)) << format;
}

constexpr std::string_view kJourney = R"(
[[target]]
id = "shop"
kind = "journey"
function = "browse"
headers = { X-Monitor = "bellwether {pin}" }
[target.secrets]
card_file = "card"
pin = "${PIN}"
[[target.step]]
name = "gift card"
url = "https://www.hartley.example/giftcards"
expect_text = "Check your balance"
[target.step.capture]
csrf = { field = "csrf_token" }
page = { after = "data-page='", before = "'" }
[[target.step]]
name = "balance"
url = "https://api.hartley.example/v1/balance?page={page}"
method = "POST"
body = """{ "card": "{card}", "query": "{ balance }" }"""
headers = { Authorization = "Bearer {csrf}" }
expect_json = { "status" = "ok" }
capture = { id = { json = "card.id" }, csrf = { header = "X-CSRF" } }
slow = "2s"
[[target.step]]
name = "sign in"
url = "https://www.hartley.example/session"
method = "POST"
form = { csrf = "{csrf}", pin = "{pin}", amount = 12, remember = false, empty = "" }
)";

TEST(Config, ReadsAJourney) {
  Scratch scratch;
  ConfigSources sources;
  sources.environment = {{"PIN", "4711"}};
  const auto file = scratch.write(
      "b.toml", std::string(kBase) + "[defaults]\nslow = \"3s\"\n" + std::string(kJourney));
  scratch.write("card", "6000 1234\n");
  const auto config = load_config(file, sources);
  ASSERT_TRUE(config) << all(config.error());
  const auto& watched = config->watched.at(1);
  const auto& spec = watched.spec;
  EXPECT_EQ(config->estate.targets.at(1).host, "www.hartley.example");
  EXPECT_EQ(config->estate.targets.at(1).surface, Surface::web);
  EXPECT_EQ(watched.interval, Millis{300'000});
  EXPECT_EQ(spec.deadline, Millis{30'000});
  EXPECT_EQ(spec.slow, Millis{0}) << "the usual one is for its steps";
  EXPECT_EQ(spec.secrets, (Variables{{"card", "6000 1234"}, {"pin", "4711"}}));
  ASSERT_THAT(spec.steps, SizeIs(3));
  EXPECT_EQ(spec.steps[0].request.slow, Millis{3'000});
  ASSERT_THAT(spec.steps[0].captures, SizeIs(2));
  EXPECT_EQ(spec.steps[0].captures[1].from, Capture::From::between);
  EXPECT_EQ(spec.steps[0].captures[1].what, "data-page='");
  EXPECT_EQ(spec.steps[0].captures[1].end, "'");
  EXPECT_EQ(spec.steps[1].name, "balance");
  EXPECT_EQ(spec.steps[1].request.slow, Millis{2'000});
  EXPECT_EQ(spec.steps[1].request.expect_json.at("status"), "ok");
  EXPECT_EQ(spec.steps[2].form.at(0), std::pair(std::string("csrf"), std::string("{csrf}")));
  EXPECT_EQ(spec.steps[2].form.at(2).second, "12");
  const auto printed = print_config(*config);
  EXPECT_THAT(printed, HasSubstr("[[target.step]]\nname = \"balance\"\n"));
  EXPECT_THAT(printed, HasSubstr("page={page}"));
  EXPECT_THAT(printed, HasSubstr("\"csrf\" = \"{csrf}\""));
  EXPECT_THAT(printed, HasSubstr("\"page\" = { after = \"data-page='\", before = \"'\" }"));
  for (const auto* secret : {"6000 1234", "4711", "Bearer"})
    EXPECT_THAT(printed, Not(HasSubstr(secret)));
}

TEST(ConfigMistakes, OfJourneysAreNamed) {
  const auto complaint = [](std::string_view step) {
    return complaints(
        "[[target]]\nid = \"shop\"\nkind = \"journey\"\nfunction = \"browse\"\n"
        "secrets = { pin = \"${PIN}\" }\n[[target.step]]\nname = \"basket\"\n"
        "url = \"https://www.hartley.example/basket\"\n" +
            std::string(step),
        {.environment = {{"PIN", "4711"}}});
  };
  EXPECT_EQ(complaint(""), "accepted");
  EXPECT_THAT(complaint("form = { a = \"1\" }"), HasSubstr("a GET request has no form"));
  EXPECT_THAT(complaint("method = \"POST\"\nbody = \"x\"\nform = { a = \"1\" }"),
              HasSubstr("\"body\" and \"form\" exclude each other"));
  EXPECT_THAT(complaint("method = \"POST\"\nbody = \"<pin>{pin}</pin>\""),
              HasSubstr("\"body\" uses {pin}, but is not JSON"));
  EXPECT_THAT(complaint("capture = { a = {} }"), HasSubstr("a value is captured in one way"));
  EXPECT_THAT(complaint("capture = { a = { field = \"x\", json = \"y\" } }"),
              HasSubstr("a value is captured in one way"));
  EXPECT_THAT(complaint("capture = { a = { after = \"x\" } }"),
              HasSubstr("a value is captured in one way"));
  EXPECT_THAT(complaint("capture = { a = { regex = \"x\" } }"), HasSubstr("unknown key \"regex\""));
  EXPECT_THAT(complaint("capture = { a-b = { field = \"x\" } }"),
              HasSubstr("\"a-b\" cannot be the name of a variable"));
  EXPECT_THAT(complaint("capture = { pin = { field = \"x\" } }"),
              HasSubstr("\"pin\" is the name of a secret already"));
  EXPECT_THAT(complaint("headers = { Cookie = \"a=1\" }"),
              HasSubstr("must not stand in this file"));
  EXPECT_EQ(complaint("headers = { Cookie = \"a={pin}\" }"), "accepted");
  EXPECT_THAT(complaint("[[target.step]]\nname = \"basket\"\nurl = \"https://a.example/\""),
              HasSubstr("another step of this journey is \"basket\""));
  EXPECT_THAT(complaint("[[target.step]]\nname = \"b\"\nurl = \"https://a.example/{pin}\""),
              HasSubstr("a secret: addresses end in logs"));
  EXPECT_THAT(complaint("[[target.step]]\nname = \"b\"\nurl = \"https://{pin}.example/\""),
              HasSubstr("has no valid host"));
  std::string many;
  for (std::size_t i = 0; i < kStepsMax; ++i) {
    many += "[[target.step]]\nname = \"" + std::to_string(i) + "\"\nurl = \"https://a.example/\"\n";
  }
  EXPECT_THAT(complaint(many), HasSubstr("a journey has at most 20 steps"));
}

TEST(Config, ReadsWhatAnApiExpects) {
  const auto config = good(R"(
[[target]]
id = "api"
kind = "api"
function = "browse"
url = "https://api.hartley.example/"
expect_json = { "status" = "ok", tiles = 12, "a.b" = true, "any" = "*" }
expect_status = [200, 203]
headers = { accept-language = "en" }
slow = "2s"
deadline = "5s"
interval = "30s"
soft = ["edgeworks"]
)");
  const auto& spec = config.watched.at(1).spec;
  EXPECT_EQ(spec.expect_json.at("status"), "ok");
  EXPECT_EQ(spec.expect_json.at("tiles"), "12");
  EXPECT_EQ(spec.expect_json.at("a.b"), "true");
  EXPECT_EQ(spec.expect_json.at("any"), "*");
  EXPECT_THAT(spec.expect_status, ElementsAre(200, 203));
  EXPECT_EQ(spec.headers, (std::vector<Header>{{"accept-language", "en"}}));
  EXPECT_EQ(spec.slow, Millis{2'000});
  EXPECT_EQ(config.estate.targets.at(1).interval, Millis{30'000});
  EXPECT_THAT(config.estate.targets.at(1).soft, ElementsAre("edgeworks"));
}

TEST(Config, ReadsDialoguesAndBytes) {
  const auto config = good(R"(
[[target]]
id = "ftp"
kind = "tcp"
function = "browse"
host = "a.example"
port = 21
dialogue = [{ expect = "220 " }, { send = "AUTH TLS\r\n", expect = "234", starttls = true }]
[[target]]
id = "time"
kind = "udp"
function = "browse"
host = "a.example"
port = 123
send_hex = "1b 00ff"
[[target]]
id = "mail"
kind = "smtp"
function = "browse"
host = "a.example"
starttls = true
[[target]]
id = "live"
kind = "websocket"
function = "browse"
url = "wss://live.hartley.example:8443/prices"
)");
  const auto& dialogue = config.watched.at(1).spec.dialogue;
  ASSERT_EQ(dialogue.size(), 2U);
  EXPECT_THAT(dialogue[0].expect, ElementsAre("220 "));
  EXPECT_EQ(dialogue[1].send, "AUTH TLS\r\n");
  EXPECT_TRUE(dialogue[1].starts_tls);
  EXPECT_EQ(config.watched.at(2).spec.send, std::string("\x1b\0\xff", 3));
  EXPECT_EQ(config.watched.at(3).spec.starttls, "smtp");
  EXPECT_EQ(config.estate.targets.at(4).host, "live.hartley.example");
  const auto printed = print_config(config);
  EXPECT_THAT(printed, HasSubstr("send_hex = \"1b00ff\""));
  EXPECT_THAT(printed, HasSubstr("{ send = \"(hidden)\", expect = \"234\", starttls = true }"));
  EXPECT_THAT(printed, Not(HasSubstr("AUTH TLS")));
}

TEST(Config, AnInheritedDeadlineIsCutToTheInterval) {
  const auto config = good(R"(
[[target]]
id = "fast"
kind = "tcp"
function = "browse"
host = "a.example"
port = 25
interval = "2s"
)");
  EXPECT_EQ(config.watched.at(1).spec.deadline, Millis{2'000});
}

TEST(Config, NeighboursServeNoFunctionAndMayHaveAnyOwner) {
  const auto config = good(R"(
[[target]]
id = "n"
kind = "page"
role = "neighbour"
url = "https://n.example/"
needs = ["edgeworks"]
)");
  EXPECT_EQ(config.estate.targets.at(1).role, Role::neighbour);
  EXPECT_EQ(config.estate.targets.at(1).owner, "n.example");
  EXPECT_EQ(config.estate.targets.at(1).function, "");
}

TEST(Config, TheNetworksRootsAreInherited) {
  Scratch scratch;
  const auto ca = scratch.write("ca.pem", "x", 0644);
  const auto config = good("[net]\nca_file = \"" + ca + "\"\n");
  EXPECT_EQ(config.watched.at(0).spec.trust.ca_file, ca);
}

TEST(Config, RedirectsLeadInsideOnlyWhereThatIsWritten) {
  EXPECT_FALSE(good("").net.follows_inside);
  const auto config = good("[net]\nfollows_inside = true\n");
  EXPECT_TRUE(config.net.follows_inside);
  EXPECT_THAT(print_config(config), HasSubstr("follows_inside = true"));
}

TEST(Config, PathsAreRelativeToTheFile) {
  Scratch scratch;
  scratch.write("ca.pem", "x", 0644);
  const auto config = parse_config(
      std::string(kBase) + "[net]\nca_file = \"ca.pem\"\n", scratch.path() + "/b.toml", {});
  ASSERT_TRUE(config) << all(config.error());
  EXPECT_EQ(config->watched.at(0).spec.trust.ca_file, scratch.path() + "/ca.pem");
}

TEST(Config, TheStateDirectoryIsTheFirstThatSystemdGives) {
  ConfigSources sources;
  sources.state_directory = "/var/lib/one:/var/lib/two";
  EXPECT_EQ(good("", sources).state_directory, "/var/lib/one");
}

TEST(Config, AllDestinationsGetEverythingWithoutRoutes) {
  const auto config = good(
      "[[destination]]\nid = \"am\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:9093\"\n");
  ASSERT_THAT(config.routes, SizeIs(1));
  EXPECT_THAT(config.routes[0].destinations, ElementsAre("am"));
  EXPECT_EQ(config.routes[0].level_min, Level::degraded);
}

TEST(Config, AFileThatCannotBeReadIsSaidSo) {
  const auto config = load_config("/nonexistent/bellwether.toml", {});
  ASSERT_FALSE(config);
  EXPECT_EQ(all(config.error()),
            "/nonexistent/bellwether.toml: cannot read the configuration: "
            "No such file or directory\n");
}

constexpr std::string_view kSlack = "[[destination]]\nid = \"chat\"\nkind = \"slack\"\n";
const std::string kHook = "https://hooks.slack.com/services/T00000000/B00000000/abcdefghijklmnop";

TEST(ConfigSecrets, ComeFromTheEnvironmentACredentialOrAFile) {
  Scratch scratch;
  ConfigSources sources;
  sources.environment = {{"HOOK", kHook}};
  sources.credentials_directory = scratch.path();
  const auto file = scratch.write("slack", kHook + "\n");
  EXPECT_EQ(good(std::string(kSlack) + "url = \"${HOOK}\"\n", sources).destinations.at(0).url,
            kHook);
  EXPECT_EQ(
      good(std::string(kSlack) + "url_credential = \"slack\"\n", sources).destinations.at(0).url,
      kHook);
  EXPECT_EQ(
      good(std::string(kSlack) + "url_file = \"" + file + "\"\n", sources).destinations.at(0).url,
      kHook);
}

TEST(ConfigSecrets, AFileThatEverybodyCanReadIsRefused) {
  Scratch scratch;
  const auto file = scratch.write("slack", kHook, 0644);
  EXPECT_THAT(complaints(std::string(kSlack) + "url_file = \"" + file + "\"\n"),
              HasSubstr("\"url_file\": everybody on this machine can read " + file));
}

TEST(ConfigSecrets, AFileMustHoldOneLine) {
  Scratch scratch;
  const auto two = scratch.write("two", kHook + "\n" + kHook + "\n");
  const auto none = scratch.write("none", "\n");
  const auto big = scratch.write("big", std::string(100'000, 'x'));
  const std::string start = std::string(kSlack) + "url_file = \"";
  EXPECT_THAT(complaints(start + two + "\"\n"), HasSubstr("does not hold one line of text"));
  EXPECT_THAT(complaints(start + big + "\"\n"), HasSubstr("does not hold one line of text"));
  EXPECT_THAT(complaints(start + none + "\"\n"), HasSubstr("is empty"));
  EXPECT_THAT(complaints(start + scratch.path() + "\"\n"), HasSubstr("cannot read"));
  EXPECT_THAT(complaints(start + scratch.path() + "/missing\"\n"),
              HasSubstr("No such file or directory"));
}

TEST(ConfigSecrets, ACredentialsNameIsNotAPath) {
  ConfigSources sources;
  sources.credentials_directory = "/run/credentials/x";
  EXPECT_THAT(complaints(std::string(kSlack) + "url_credential = \"../../etc/passwd\"\n", sources),
              HasSubstr("is not a credential's name"));
}

TEST(ConfigSecrets, AreStoodInForWhereNothingIsSent) {
  const auto config = good(R"(
[[destination]]
id = "chat"
kind = "slack"
url = "${HOOK}"
[[destination]]
id = "soc"
kind = "webhook"
url_credential = "soc"
secret_file = "/nonexistent/soc"
[[target]]
id = "signin"
kind = "login"
function = "browse"
url = "https://www.hartley.example/signin"
username = "canary"
password_file = "/nonexistent/canary"
headers = { authorization = "${TOKEN}" }
)",
                           ConfigSources::standing_in("anything"));
  ASSERT_EQ(config.destinations.size(), 2U);
  EXPECT_EQ(config.destinations.at(1).secret, "anything");
  const auto& spec = config.watched.at(*config.estate.target("signin")).spec;
  EXPECT_EQ(spec.username, "canary");
  EXPECT_EQ(spec.password, "anything");
  EXPECT_EQ(spec.headers.front().value, "anything");
}

TEST(ConfigDestinations, PagerDutyNeedsItsKeyAloneAndAsASecret) {
  const std::string start = "[[destination]]\nid = \"on-call\"\nkind = \"pagerduty\"\n";
  const std::string key = "0123456789abcdefghijABCDEFGHIJ01";
  ConfigSources sources;
  sources.environment = {{"KEY", key}};
  const auto config = good(start + "secret = \"${KEY}\"\n", sources);
  EXPECT_EQ(config.destinations.at(0).secret, key);
  EXPECT_EQ(config.destinations.at(0).url, "https://events.pagerduty.com/v2/enqueue");
  EXPECT_THAT(print_config(config), Not(HasSubstr(key)));
  EXPECT_THAT(print_config(config), HasSubstr("https://events.pagerduty.com/v2/enqueue"));
  EXPECT_THAT(complaints(start + "secret = \"" + key + "\"\n"),
              HasSubstr("\"secret\" is a secret and must not stand in this file"));
  // Where nothing is sent, the key need not be there.
  EXPECT_EQ(
      good(start + "secret_file = \"/nonexistent/key\"\n", ConfigSources::standing_in("anything"))
          .destinations.at(0)
          .secret,
      "anything");
}

TEST(ConfigDestinations, TelegramNeedsAChat) {
  const std::string start =
      "[[destination]]\nid = \"phones\"\nkind = \"telegram\"\nurl = \"${BOT}\"\n";
  ConfigSources sources;
  sources.environment = {{"BOT", "https://api.telegram.org/bot1:token-secret"}};
  const auto config = good(start + "chat = \"@shop_alerts\"\n", sources);
  EXPECT_EQ(config.destinations.at(0).chat, "@shop_alerts");
  EXPECT_THAT(print_config(config), HasSubstr("chat = \"@shop_alerts\""));
  EXPECT_THAT(print_config(config), Not(HasSubstr("token-secret")));
  EXPECT_THAT(complaints(start + "chat = \"shop\"\n", sources),
              HasSubstr("\"chat\" is not a chat's number"));
}

TEST(ConfigSecrets, AreNeitherPrintedNorRepeatedInComplaints) {
  ConfigSources sources;
  sources.environment = {{"HOOK", kHook},
                         {"PASS", "hunter2-secret"},
                         {"TOKEN", "Bearer tok-secret"},
                         {"BAD", "not-a-url-secret"}};
  const auto config = good(std::string(kSlack) + R"(url = "${HOOK}"
[[target]]
id = "signin"
kind = "login"
function = "browse"
url = "https://www.hartley.example/signin"
username = "canary"
password = "${PASS}"
[[target]]
id = "api"
kind = "api"
function = "browse"
url = "https://api.hartley.example/"
headers = { authorization = "${TOKEN}" }
)",
                           sources);
  EXPECT_EQ(config.watched.at(1).spec.password, "hunter2-secret");
  EXPECT_EQ(config.watched.at(2).spec.headers.at(0).value, "Bearer tok-secret");
  EXPECT_THAT(print_config(config), Not(HasSubstr("secret")));
  EXPECT_THAT(print_config(config), Not(HasSubstr("hooks.slack.com")));
  EXPECT_THAT(complaints(std::string(kSlack) + "url = \"${BAD}\"\n", sources),
              Not(HasSubstr("secret")));
  EXPECT_THAT(complaints(std::string(kSlack) + "url = \"https://literal-hook.example/\"\n"),
              Not(HasSubstr("literal-hook")));
}

TEST(ConfigPrint, ShowsWhatIsInForceAndIsTomlItself) {
  const auto text = print_config(good("[[control]]\nurl = \"https://control.example/\"\n"));
  EXPECT_THAT(text, HasSubstr("id = \"control:control.example\""));
  EXPECT_THAT(text, HasSubstr("deadline = \"10s\""));
  EXPECT_TRUE(std::holds_alternative<config::Node>(config::parse_document(text))) << text;
}

}  // namespace
}  // namespace bw
