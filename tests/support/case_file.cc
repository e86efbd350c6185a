// SPDX-License-Identifier: Apache-2.0
#include "tests/support/case_file.h"

#include <fstream>
#include <iterator>
#include <optional>

namespace bw::test {
namespace {

// Words are parted by blanks; a quoted word holds anything but quotes. Nothing for an open quote.
std::optional<std::vector<CaseWord>> split(std::string_view line) {
  std::vector<CaseWord> words;
  while (true) {
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos || line[begin] == '#') return words;
    line.remove_prefix(begin);
    const bool is_quoted = line.front() == '"';
    if (is_quoted) line.remove_prefix(1);
    auto end = line.find_first_of(is_quoted ? "\"" : " \t\r");
    if (is_quoted && end == std::string_view::npos) return std::nullopt;
    if (end == std::string_view::npos) end = line.size();
    words.push_back({.text = std::string(line.substr(0, end)), .is_quoted = is_quoted});
    line.remove_prefix(is_quoted ? end + 1 : end);
  }
}

bool starts_with(const std::vector<CaseWord>& words,
                 std::initializer_list<std::string_view> heads) {
  std::size_t at = 0;
  for (const auto head : heads) {
    if (at == words.size() || words[at].text != head) return false;
    ++at;
  }
  return true;
}

class Reader {
 public:
  explicit Reader(std::string name) { file_.name = std::move(name); }

  void read(std::size_t number, std::string_view line) {
    if (line.starts_with("# ")) comment_ = line.substr(2);
    const auto words = split(line);
    if (!words) return complain(number, "a quote is not closed");
    if (words->empty()) return;
    if (words->front().text == "must") return begin(number, *words);
    if (file_.cases.empty()) return complain(number, "a line before the first \"must\"");
    file_.cases.back().lines.push_back({.number = number, .words = *words});
  }
  CaseFile take() { return std::move(file_); }

 private:
  void complain(std::size_t number, const std::string& what) {
    file_.problems.push_back(file_.name + ":" + std::to_string(number) + ": " + what);
  }

  void begin(std::size_t number, const std::vector<CaseWord>& words) {
    const bool must_fire = starts_with(words, {"must", "fire"});
    const bool must_not = starts_with(words, {"must", "stay", "quiet"});
    if (!must_fire && !must_not) return complain(number, R"(must what: "fire" or "stay quiet"?)");
    Case one{.title = std::move(comment_), .number = number, .must_fire = must_fire};
    comment_.clear();
    for (std::size_t i = must_fire ? 2 : 3; i < words.size(); ++i) {
      one.signals.push_back(words[i].text);
    }
    if (one.signals.empty()) complain(number, "no signal is named");
    if (one.title.empty()) complain(number, "the case has no title: a comment above it");
    file_.cases.push_back(std::move(one));
  }

  CaseFile file_;
  std::string comment_;
};

}  // namespace

CaseFile read_cases(std::string name, std::string_view text) {
  Reader reader(std::move(name));
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    reader.read(++number, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return reader.take();
}

CaseFile load_cases(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    CaseFile file{.name = path.filename()};
    file.problems.push_back(file.name + ": there is no such file");
    return file;
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return read_cases(path.filename(), text);
}

}  // namespace bw::test
