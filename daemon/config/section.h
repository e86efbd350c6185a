// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/config/document.h"
#include "probes/error.h"
#include "probes/time.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bw::config {

// Collects what is wrong with a file and with those that it names. More than kErrorsMax are
// counted, not listed: who has that many has one mistake at the root of them.
class Problems {
 public:
  static constexpr std::size_t kErrorsMax = 200;

  explicit Problems(std::string file) : files_{std::move(file)} {}
  // The number that positions in this further file bear.
  std::uint16_t add_file(std::string path);
  void add(Position at, std::string what, std::string hint = {});
  [[nodiscard]] std::size_t count() const { return found_.size(); }
  // "FILE:LINE:COLUMN"
  [[nodiscard]] std::string where(Position at) const;
  // In the order of the files.
  [[nodiscard]] std::vector<Error> take();

 private:
  struct Found {
    Position at;
    Error error;
  };
  std::vector<std::string> files_;
  std::vector<Found> found_;
};

// A value from the file, quoted for a message: cut at 60 bytes, control characters replaced.
[[nodiscard]] std::string in_quotes(std::string_view text);
// "a", "b" and "c"
[[nodiscard]] std::string enumerated(const std::vector<std::string_view>& words);
// `did you mean "x"?` where a candidate is near; else `otherwise`.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       const std::vector<std::string_view>& candidates,
                                       std::string otherwise = {});

struct Item {  // a text and where it stands
  std::string text;
  Position at;
};

// One table of the file, read key by key. Asking for a key makes it known: whatever was never asked
// for is an unknown key when the section is finished. A value that cannot be used is reported, and
// the fallback stands in, so that reading goes on to the next mistake.
class Section {
 public:
  // `name` opens every message: `target "checkout"`, `[net]`. Both references outlive the section.
  Section(const Node& table, std::string name, Problems& problems);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Position at() const { return at_; }
  // Of the key's value, or of the section where it has none.
  [[nodiscard]] Position at(std::string_view key) const;
  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] std::vector<std::string_view> keys() const;
  [[nodiscard]] std::size_t problems_count() const { return problems_->count(); }

  // The key's value whatever its type, or null.
  const Node* find(std::string_view key);
  // Texts are at most 64 KiB, never empty, and hold no NUL.
  std::string text(std::string_view key, std::string fallback = {});
  std::string required_text(std::string_view key, std::string hint);
  // One of `allowed`, or the fallback.
  std::string word(std::string_view key,
                   const std::vector<std::string_view>& allowed,
                   std::string fallback);
  std::int64_t integer(std::string_view key,
                       std::int64_t fallback,
                       std::int64_t min,
                       std::int64_t max);
  bool boolean(std::string_view key, bool fallback);
  Millis duration(std::string_view key, Millis fallback, Millis min, Millis max);
  // "2GiB": bytes with a unit.
  std::uint64_t size(std::string_view key,
                     std::uint64_t fallback,
                     std::uint64_t min,
                     std::uint64_t max);
  std::optional<Time> time(std::string_view key);
  // A list of texts, or one text for a list of one. Repetitions are mistakes.
  std::vector<Item> items(std::string_view key);
  std::vector<std::string> texts(std::string_view key);
  // `[name.key]` or `key = { ... }`.
  std::optional<Section> table(std::string_view key);
  // `[[key]]`: each is named `key "ID"` by its `id_key`, or by its position, after this section.
  std::vector<Section> tables(std::string_view key, std::string_view id_key = "id");

  void problem(Position at, const std::string& what, std::string hint = {});
  void missing(std::string_view key, std::string hint);
  // Reports that the key does not belong here; no second report as unknown.
  void refuse(std::string_view key, const std::string& what, std::string hint);
  // Reports every key that was never asked for.
  void finish();

 private:
  const Entry* entry(std::string_view key) const;
  void wrong_type(std::string_view key, const Node& node, std::string_view wanted);
  std::optional<std::string> checked(std::string_view key, const Node& node);

  const Table* table_;
  Position at_;
  std::string name_;
  Problems* problems_;
  std::vector<std::string> known_;    // asked for
  std::vector<std::string> refused_;  // already complained about
};

}  // namespace bw::config
