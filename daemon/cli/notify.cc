// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/config/config.h"
#include "daemon/config/nearest.h"
#include "daemon/loop.h"
#include "daemon/net/net.h"
#include "daemon/notify/service.h"
#include "daemon/notify/trial.h"
#include "daemon/notify/words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

// One clearly marked message to one destination, by the code that alerts go through.
namespace bw::cli {
namespace {

using nlohmann::ordered_json;

// As alerts are given.
constexpr Millis kPatience{15'000};

struct Attempt {
  std::vector<HttpAsk> asks;
  std::vector<Reply> replies;  // of the asks, in their order; empty where nothing was sent
  Delivery result;
};

// Each ask once, all at the same time.
std::vector<Reply> send(const NetSettings& settings, const std::vector<HttpAsk>& asks) {
  std::vector<Reply> replies(asks.size());
  Loop loop{Clock()};
  Net net(loop, settings);
  std::size_t left = asks.size();
  loop.after(Micros{0}, [&] {
    for (std::size_t i = 0; i < asks.size(); ++i) {
      net.start({.what = asks[i], .deadline = kPatience}, [&, i](Reply reply) {
        replies[i] = std::move(reply);
        if (--left == 0) loop.stop();
      });
    }
  });
  if (left > 0) loop.run();
  return replies;
}

ordered_json json_of(const ShownAsk& ask) {
  auto headers = ordered_json::array();
  for (const auto& header : ask.headers)
    headers.push_back({{"name", header.name}, {"value", header.value}});
  return {{"method", ask.method},
          {"url", ask.url},
          {"headers", std::move(headers)},
          {"body", ask.body},
          {"body_bytes", ask.body_bytes}};
}

void print_ask(const ShownAsk& ask) {
  std::printf("%s %s\n", ask.method.c_str(), ask.url.c_str());
  for (const auto& header : ask.headers)
    std::printf("%s: %s\n", header.name.c_str(), header.value.c_str());
  std::printf("(%zu bytes)\n\n%s\n", ask.body_bytes, ask.body.c_str());
}

std::string why_of(const Delivery& result) {
  if (const auto* again = std::get_if<TryAgain>(&result)) return again->why;
  if (const auto* refused = std::get_if<Refused>(&result)) return refused->why;
  return {};
}

std::string_view print_result(const Delivery& result) {
  if (std::holds_alternative<Delivered>(result)) return "delivered";
  return std::holds_alternative<TryAgain>(result) ? "try_again" : "refused";
}

// What the service said to one ask, and what to do about it.
struct Said {
  std::string words;
  std::string advice;
  std::string result;
  int status = 0;  // 0: no answer
};
Said said_by(const Destination& destination,
             const Notifier& notifier,
             const Reply& reply,
             Time now) {
  const auto result = notifier.read(reply, now);
  Said said{.words = why_of(result),
            .advice = advice_on(reply, result),
            .result = std::string(print_result(result)),
            .status = reply.http ? reply.http->status : 0};
  if (said.words.empty() && reply.http) said.words = print_answer(*reply.http);
  said.words = hide_secrets(destination, notifier, std::move(said.words));
  return said;
}

int status_of(const Attempt& attempt) {
  if (std::holds_alternative<Delivered>(attempt.result)) return kFine;
  const bool is_answered = std::ranges::any_of(
      attempt.replies, [](const Reply& reply) { return reply.http.has_value(); });
  // A destination that cannot even be asked has a mistake of its own.
  return is_answered || attempt.asks.empty() ? kFound : kCannot;
}

void report(const Destination& destination,
            const Notifier& notifier,
            const Attempt& attempt,
            Time now,
            const Common& common) {
  auto json = ordered_json::array();
  for (std::size_t i = 0; i < attempt.replies.size(); ++i) {
    const auto said = said_by(destination, notifier, attempt.replies[i], now);
    const auto url = show_ask(destination, notifier, attempt.asks[i]).url;
    if (common.is_json) {
      json.push_back({{"url", url},
                      {"status", said.status == 0 ? ordered_json() : ordered_json(said.status)},
                      {"result", said.result},
                      {"words", said.words},
                      {"hint", said.advice}});
      continue;
    }
    const bool is_good = said.result == "delivered";
    std::printf("%s: %s: %s\n",
                url.c_str(),
                paint(common, is_good ? 32 : 31, is_good ? "delivered" : "not delivered").c_str(),
                said.words.c_str());
    if (!said.advice.empty()) std::printf("  %s\n", said.advice.c_str());
  }
  if (common.is_json) {
    const ordered_json whole{{"destination", destination.id},
                             {"kind", destination.kind},
                             {"result", print_result(attempt.result)},
                             {"answers", std::move(json)}};
    std::printf("%s\n", whole.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
  } else if (attempt.asks.empty()) {
    std::printf("%s: not sent: %s\n", destination.id.c_str(), why_of(attempt.result).c_str());
  }
}

void show(const Destination& destination,
          const Notifier& notifier,
          const std::vector<HttpAsk>& asks,
          const Common& common) {
  auto json = ordered_json::array();
  for (const auto& ask : asks) {
    const auto shown = show_ask(destination, notifier, ask);
    if (common.is_json) {
      json.push_back(json_of(shown));
    } else {
      print_ask(shown);
    }
  }
  if (!common.is_json) return;
  const ordered_json whole{{"destination", destination.id},
                           {"kind", destination.kind},
                           {"result", "not sent"},
                           {"asks", std::move(json)}};
  std::printf("%s\n", whole.dump(2, ' ', false, ordered_json::error_handler_t::replace).c_str());
}

const Destination* find_destination(const Config& config, const NotifyOptions& options) {
  const auto at = std::ranges::find(config.destinations, options.destination, &Destination::id);
  if (at != config.destinations.end()) return &*at;
  std::vector<std::string_view> known;
  known.reserve(config.destinations.size());
  for (const auto& one : config.destinations)
    known.emplace_back(one.id);
  const auto near = nearest(options.destination, known);
  print_errors({Error{.what = "there is no destination \"" + options.destination + "\"",
                      .where = options.config,
                      .hint = known.empty()  ? "it has none: add a [[destination]]"
                              : near.empty() ? ""
                                             : "did you mean \"" + std::string(near) + "\"?"}});
  return nullptr;
}

}  // namespace

int notify(const NotifyOptions& options, const Common& common) {
  const auto config = load_config(options.config, ConfigSources::from_process());
  if (!config) {
    print_errors(config.error());
    return kFound;
  }
  const auto* destination = find_destination(*config, options);
  if (destination == nullptr) return kUsage;
  const auto* notifier = find_notifier(destination->kind);
  if (notifier == nullptr) return kFound;  // `load_config` takes none of an unknown kind
  const auto now = Clock().now();
  const auto notice = compose_test_notice(config->estate, config->web.external_url, now);
  Attempt attempt{
      .asks = notifier->compose(*destination, notice, now), .replies = {}, .result = {}};
  if (options.is_dry_run) {
    show(*destination, *notifier, attempt.asks, common);
    return attempt.asks.empty() ? kFound : kFine;
  }
  attempt.replies = send(config->net, attempt.asks);
  std::vector<Delivery> results;
  results.reserve(attempt.replies.size());
  for (const auto& reply : attempt.replies)
    results.push_back(notifier->read(reply, now));
  attempt.result = combine(*notifier, results);
  report(*destination, *notifier, attempt, now, common);
  return status_of(attempt);
}

}  // namespace bw::cli
