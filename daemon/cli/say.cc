// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/loop.h"
#include "daemon/net/net.h"
#include "probes/escape.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

// What people tell the running daemon, over its own API.
namespace bw::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kReplyBytesMax = 64 << 10;
constexpr Millis kPatience{10'000};

// Whoever became root to say it is still the one who says it.
std::string speaker(const std::string& who) {
  if (!who.empty()) return who;
  for (const char* name : {"SUDO_USER", "USER"}) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread has begun
    const char* user = std::getenv(name);
    if (user != nullptr && *user != '\0') return user;
  }
  return {};
}

Reply post(const std::string& url, const std::string& body) {
  Loop loop{Clock()};
  Net net(loop, {});
  Reply reply;
  HttpAsk ask;
  ask.method = "POST";
  ask.url = url;
  ask.headers = {{.name = "Content-Type", .value = "application/json"}};
  ask.body = body;
  ask.body_bytes_max = kReplyBytesMax;
  loop.after(Micros{0}, [&] {
    net.start({.what = ask, .deadline = kPatience}, [&](Reply got) {
      reply = std::move(got);
      loop.stop();
    });
  });
  loop.run();
  return reply;
}

// The daemon's own words where it gives them.
Error objection(const HttpReply& http, const std::string& url) {
  Error error{.what = "the answer was " + std::to_string(http.status), .where = url, .hint = ""};
  const auto said = json::parse(http.body, nullptr, false);
  if (!said.is_object()) return error;
  error.what = said.value("error", error.what);
  error.hint = said.value("hint", "");
  return error;
}

// `done` is what is said once the daemon has taken it.
int say(const SayOptions& to,
        const std::string& path,
        const json& body,
        const std::string& done,
        const Common& common) {
  const auto base = daemon_url(to.at);
  const auto url = base + path;
  const auto reply = post(url, body.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!reply.http || reply.failure != Outcome::ok) {
    print_errors({{.what = "bellwether does not answer: " + reply.detail,
                   .where = base,
                   .hint = "is it running here? `systemctl status bellwether`; --at names another "
                           "address"}});
    return kCannot;
  }
  if (reply.http->status != 202) {
    print_errors({objection(*reply.http, base)});
    return kFound;
  }
  if (common.is_json) {
    std::printf("%s\n", json{{"accepted", true}, {"said", done}}.dump().c_str());
  } else {
    std::printf("%s\n", done.c_str());
  }
  return kFine;
}

json words(const SayOptions& to) {
  return {{"who", speaker(to.who)}, {"text", to.text}};
}

// The same of each: `done` goes on with its id. What is refused does not keep the others back.
int say_of_each(const SayOptions& to,
                const std::string& list,
                const std::string& verb,
                const std::string& done,
                const Common& common) {
  int status = kFine;
  for (const auto& id : to.what) {
    const auto path = fmt::format("/api/v1/{}/{}/{}", list, percent_encode(id), verb);
    status = std::max(status, say(to, path, words(to), done + id, common));
  }
  return status;
}

}  // namespace

int approve(const SayOptions& to, const Common& common) {
  return say_of_each(to, "targets", "approve", "approved as it is now: ", common);
}

int acknowledge(const SayOptions& to, const Common& common) {
  return say_of_each(to, "incidents", "acknowledge", "acknowledged: ", common);
}

int close(const SayOptions& to, const Common& common) {
  return say_of_each(to, "incidents", "close", "closed: ", common);
}

int announce(const AnnounceOptions& plan, const Common& common) {
  const auto& kind = plan.say.what.front();
  json body{{"kind", kind}, {"text", plan.say.text}, {"from", plan.from}, {"to", plan.to}};
  if (!plan.functions.empty()) body["functions"] = plan.functions;
  const auto done = "announced: " + kind + " from " + plan.from + " to " + plan.to;
  return say(plan.say, "/api/v1/announcements", body, done, common);
}

}  // namespace bw::cli
