// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "probes/dns_answer.h"
#include "probes/feed_reading.h"
#include "probes/http_reading.h"
#include "probes/recent.h"
#include "probes/script.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bw {

// What one target's looks read lately, so that a reply that is the same as a minute ago is not read
// again. A value is found by everything that it was made from, byte for byte, and holds nothing
// that depends on the moment (or says for how long it holds): findings are the same with a memory
// and without. It serves one target and its Spec; parts of a Spec are in a key only where a kind
// changes them on the way. It may hold what a canary's session showed: it is never written
// anywhere.
//
// Its bound is about `bytes_max`, half of it for bodies and half for what was read in them, and
// 160 KiB for the small tables. A body of more than half of `bytes_max` is read anew each time.
struct Memory {
  static constexpr std::size_t kBytesMax = 512 << 10;
  static constexpr std::size_t kSmallBytesMax = 32 << 10;
  // A look at a login sees up to four replies, each of which may come in two variants.
  static constexpr std::size_t kRepliesMax = 8;

  explicit Memory(std::size_t bytes_max = kBytesMax)
      : bodies(kRepliesMax, bytes_max / 2),
        contents(kRepliesMax, bytes_max / 4),
        feeds(2, bytes_max / 4) {}

  Recent<std::string, std::shared_ptr<const Url>> urls{kRepliesMax, kSmallBytesMax};

  struct Resolved {
    Resolution resolution;
    std::optional<IpAddress> address;
  };
  using Added = std::shared_ptr<const FactChanges>;
  Recent<Resolved, Added> resolutions{kRepliesMax, kSmallBytesMax};
  struct Shown {
    Certificate leaf;
    std::string version;
  };
  Recent<Shown, Added> certificates{kRepliesMax, kSmallBytesMax};

  // Bodies have numbers, never used twice, that stand for them in the keys below.
  Recent<std::string, std::uint64_t> bodies;
  std::uint64_t last_body = 0;
  struct HeadKey {
    int status = 0;
    std::vector<Header> headers;
    std::uint64_t body = 0;
  };
  Recent<HeadKey, std::shared_ptr<const HeadReading>> heads{kRepliesMax, kSmallBytesMax};
  struct ContentKey {
    std::uint64_t body = 0;
    std::string url;
    std::string expect_text;
    std::vector<std::string> reject_text;
    bool status_is_expected = false;
    bool is_error_page = false;
    bool is_queue = false;
    bool is_challenge = false;
  };
  Recent<ContentKey, std::shared_ptr<const BodyReading>> contents;

  struct FeedKey {
    std::uint64_t body = 0;
    std::string content_type;
    Time since{};  // it reads the same at all moments from here
    Time until{};  // to just before here
  };
  Recent<FeedKey, std::shared_ptr<const FeedResult>> feeds;

  // Scripts are too many and too large for `bodies`: they are known by their SHA-256.
  struct ScriptKey {
    std::array<std::uint8_t, 32> sha256{};
    std::string page;
    std::string url;
    bool operator==(const ScriptKey&) const = default;
  };
  struct ScriptRead {
    ScriptReading reading;
    std::string hash;  // script_hash
  };
  static constexpr std::size_t kScriptsMax = 64;
  Recent<ScriptKey, std::shared_ptr<const ScriptRead>> scripts{kScriptsMax, kSmallBytesMax};

  Recent<std::vector<DnsReply>, std::shared_ptr<const DnsReading>> answers{kRepliesMax,
                                                                           kSmallBytesMax};

  // The number of a body that is known or, if there is room for it, is now; else 0.
  [[nodiscard]] std::uint64_t number_of(const std::string& body) {
    if (const auto* known = bodies.find([&](const std::string& each) { return each == body; })) {
      return *known;
    }
    bodies.keep(body, ++last_body, body.size());
    return (bodies.find([&](const std::string& each) { return each == body; }) != nullptr)
               ? last_body
               : 0;
  }
};

}  // namespace bw
