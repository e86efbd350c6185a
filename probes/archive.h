// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

// One description of a value serves writing and reading: `template <class A> void describe(A& a,
// T& value) { a(value.x); a(value.y); }` beside the type. Integers are LEB128 varints (signed ones
// zig-zag), so steady state costs few bytes. Reading never trusts a length: see
// ArchiveReader::ok().
namespace bw {

template <class T>
concept Integral = std::is_integral_v<T> && !std::is_same_v<T, bool>;

class ArchiveWriter {
 public:
  static constexpr bool kIsReading = false;

  template <class... Ts>
  void operator()(const Ts&... values) {
    (put(values), ...);
  }
  // `fields(archive)` as a unit with its length: fields that a later version appends are skipped by
  // an earlier one, and keep their defaults where an earlier one wrote.
  template <class Fields>
  void record(const Fields& fields) {
    ArchiveWriter inner;
    fields(inner);
    put(inner.bytes_);
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  [[nodiscard]] std::string take() { return std::move(bytes_); }

 private:
  void put_varint(std::uint64_t value) {
    while (value >= 0x80) {
      bytes_.push_back(static_cast<char>((value & 0x7f) | 0x80));
      value >>= 7;
    }
    bytes_.push_back(static_cast<char>(value));
  }
  void put(bool value) { bytes_.push_back(value ? '\1' : '\0'); }
  template <Integral T>
  void put(T value) {
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>(value);
      put_varint((static_cast<std::uint64_t>(wide) << 1) ^ static_cast<std::uint64_t>(wide >> 63));
    } else {
      put_varint(value);
    }
  }
  void put(double value) {
    static_assert(sizeof(double) == 8);
    const auto raw = std::bit_cast<std::array<char, 8>>(value);
    bytes_.append(raw.data(), raw.size());
  }
  template <class T>
    requires std::is_enum_v<T>
  void put(T value) {
    put(static_cast<std::uint32_t>(value));
  }
  template <class R, class P>
  void put(std::chrono::duration<R, P> value) {
    put(static_cast<std::int64_t>(value.count()));
  }
  template <class C, class D>
  void put(std::chrono::time_point<C, D> value) {
    put(value.time_since_epoch());
  }
  void put(const std::string& value) {
    put_varint(value.size());
    bytes_ += value;
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& value) {
    put(value.first), put(value.second);
  }
  template <class T, std::size_t N>
  void put(const std::array<T, N>& values) {
    for (const auto& value : values)
      put(value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put_all(values);
  }
  template <class T>
  void put(const std::deque<T>& values) {
    put_all(values);
  }
  template <class T>
  void put(const std::set<T>& values) {
    put_all(values);
  }
  template <class K, class V>
  void put(const std::map<K, V>& values) {
    put_all(values);
  }
  template <class T>
    requires requires(ArchiveWriter& a, T& v) { describe(a, v); }
  void put(const T& value) {
    describe(*this, const_cast<T&>(value));
  }  // a writer only reads it
  template <class Range>
  void put_all(const Range& values) {
    put_varint(values.size());
    for (const auto& value : values)
      put(value);
  }

  std::string bytes_;
};

class ArchiveReader {
 public:
  static constexpr bool kIsReading = true;

  explicit ArchiveReader(std::string_view bytes) : rest_(bytes) {}
  template <class... Ts>
  void operator()(Ts&... values) {
    (get_field(values), ...);
  }
  template <class Fields>
  void record(const Fields& fields) {
    const auto size = get_size();
    ArchiveReader inner(rest_.substr(0, size));
    inner.may_end_early_ = true;
    rest_.remove_prefix(size);
    if (ok_) fields(inner);
    if (!inner.ok_) fail();
  }
  // Nothing was cut short or out of range so far. After a failure every further value keeps its
  // default, so that a caller may read a whole record and check once.
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return ok_ && rest_.empty(); }
  void fail() { ok_ = false, rest_ = {}; }

 private:
  template <class T>
  void get_field(T& value) {
    if (may_end_early_ && rest_.empty()) return;
    get(value);
  }
  std::uint64_t get_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) return fail(), 0;
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    return fail(), 0;
  }
  std::size_t get_size() {
    const auto size = get_varint();
    // Every element takes at least one byte, so a longer list is a lie.
    if (size > rest_.size()) return fail(), 0;
    return static_cast<std::size_t>(size);
  }
  void get(bool& value) {
    if (rest_.empty()) return fail();
    value = rest_.front() != '\0';
    rest_.remove_prefix(1);
  }
  template <Integral T>
  void get(T& value) {
    const std::uint64_t raw = get_varint();
    if constexpr (std::is_signed_v<T>) {
      const auto wide = static_cast<std::int64_t>((raw >> 1) ^ (~(raw & 1) + 1));
      value = static_cast<T>(wide);
      if (static_cast<std::int64_t>(value) != wide) fail();
    } else {
      value = static_cast<T>(raw);
      if (static_cast<std::uint64_t>(value) != raw) fail();
    }
  }
  void get(double& value) {
    if (rest_.size() < 8) return fail();
    std::array<char, 8> raw{};
    rest_.copy(raw.data(), raw.size());
    rest_.remove_prefix(raw.size());
    value = std::bit_cast<double>(raw);
  }
  template <class T>
    requires std::is_enum_v<T>
  void get(T& value) {
    std::uint32_t raw = 0;
    get(raw);
    value = static_cast<T>(raw);
    if (static_cast<std::uint32_t>(value) != raw) fail();
  }
  template <class R, class P>
  void get(std::chrono::duration<R, P>& value) {
    std::int64_t raw = 0;
    get(raw);
    value = std::chrono::duration<R, P>(static_cast<R>(raw));
  }
  template <class C, class D>
  void get(std::chrono::time_point<C, D>& value) {
    D since{};
    get(since);
    value = std::chrono::time_point<C, D>(since);
  }
  void get(std::string& value) {
    const auto size = get_size();
    value.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool is_there = false;
    get(is_there);
    value.reset();
    if (is_there && ok_) get(value.emplace());
  }
  template <class A, class B>
  void get(std::pair<A, B>& value) {
    get(value.first), get(value.second);
  }
  template <class T, std::size_t N>
  void get(std::array<T, N>& values) {
    for (auto& value : values)
      get(value);
  }
  template <class T>
  void get(std::vector<T>& values) {
    get_list(values);
  }
  template <class T>
  void get(std::deque<T>& values) {
    get_list(values);
  }
  template <class T>
  void get(std::set<T>& values) {
    values.clear();
    for (auto size = get_size(); size > 0 && ok_; --size) {
      T value{};
      get(value);
      values.insert(std::move(value));
    }
  }
  template <class K, class V>
  void get(std::map<K, V>& values) {
    values.clear();
    for (auto size = get_size(); size > 0 && ok_; --size) {
      std::pair<K, V> value{};
      get(value);
      values.insert(std::move(value));
    }
  }
  template <class T>
    requires requires(ArchiveReader& a, T& v) { describe(a, v); }
  void get(T& value) {
    describe(*this, value);
  }
  template <class List>
  void get_list(List& values) {
    values.clear();
    for (auto size = get_size(); size > 0 && ok_; --size)
      get(values.emplace_back());
  }

  std::string_view rest_;
  bool ok_ = true;
  bool may_end_early_ = false;  // inside a record
};

}  // namespace bw
