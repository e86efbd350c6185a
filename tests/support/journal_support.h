// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/journal/journal.h"
#include "daemon/verdict/archive_verdict.h"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace bw {

// Removed with all that is in it.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bw-journal-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code none;
    std::filesystem::remove_all(path_, none);
  }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Woken by the journal's writer.
class Progress {
 public:
  [[nodiscard]] std::function<void()> callback() {
    return [this] {
      const std::scoped_lock guard(mutex_);
      ++turns_;
      changed_.notify_all();
    };
  }
  // Until the condition holds, looked at after every progress. A minute is a failure.
  [[nodiscard]] bool wait(const std::function<bool()>& condition) {
    std::unique_lock guard(mutex_);
    return changed_.wait_for(guard, std::chrono::minutes(1), condition);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int turns_ = 0;
};

inline Estate estate_of(std::size_t targets) {
  Estate estate;
  for (std::size_t i = 0; i < targets; ++i) {
    Target target;
    target.id = "target-" + std::to_string(i);
    estate.targets.push_back(std::move(target));
  }
  estate.vantages = {{.id = "here", .network = "AS64700"}};
  return estate;
}

inline Time second(int at) {
  return Time(std::chrono::seconds(1'760'000'000 + at));
}

// What a page's probe finds: about a kilobyte.
inline FactsRef page_facts(std::size_t target) {
  Facts facts;
  facts.set(Fact::status, "200");
  facts.set(Fact::body_class, "normal");
  facts.set(Fact::title, "Shop " + std::to_string(target));
  facts.set(Fact::text_fingerprint, "0123456789abcdef");
  facts.set(Fact::script_origins, "https://cdn.example https://shop.example");
  facts.set(Fact::csp, std::string(500, 'c'));
  facts.set(Fact::cert_fingerprint, std::string(64, 'f'));
  facts.set(Fact::addresses, "198.51.100.10 198.51.100.11");
  return std::make_shared<const Facts>(std::move(facts));
}

// Phases of an ordinary https look, a little different each time.
inline Observation look(std::size_t target, Time at, FactsRef facts, std::uint64_t salt = 0) {
  Observation observation;
  observation.at = at;
  observation.target = static_cast<TargetIndex>(target);
  observation.phases = {.resolve = Micros(300 + (salt * 7919 % 20'000)),
                        .connect = Micros(900 + (salt * 104'729 % 15'000)),
                        .tls = Micros(2'000 + (salt * 1'299'709 % 40'000)),
                        .wait = Micros(20'000 + (salt * 15'485'863 % 180'000)),
                        .transfer = Micros(100 + (salt * 32'452'843 % 2'000))};
  observation.facts = std::move(facts);
  return observation;
}

// All of an input as bytes: to compare.
inline std::string whole(const Input& input) {
  ArchiveWriter writer;
  writer(input.seq, input.what.index());
  std::visit([&writer](const auto& what) { writer(what); }, input.what);
  return writer.take();
}

inline std::vector<Input> inputs_of(const std::string& path,
                                    const Estate& estate,
                                    std::uint64_t from = 0) {
  std::vector<Input> inputs;
  auto reader = JournalReader::open(path);
  EXPECT_TRUE(reader.has_value()) << print(reader.error());
  if (!reader) return inputs;
  const auto skipped = (*reader)->read(estate, from, [&inputs](Input&& input) {
    inputs.push_back(std::move(input));
    return true;
  });
  EXPECT_TRUE(skipped.has_value()) << print(skipped.error());
  return inputs;
}

}  // namespace bw
