// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// The replay cases of a rule: small plays, each with what must be heard in it or must not.
// tests/replay/README.md is the language for people who write them.
namespace bw::test {

struct CaseWord {
  std::string text;
  bool is_quoted = false;
};
struct CaseLine {
  std::size_t number = 0;       // in its file, from 1
  std::vector<CaseWord> words;  // never empty
};
struct Case {
  std::string title;  // the comment above it
  std::size_t number = 0;
  bool must_fire = false;            // else it must stay quiet
  std::vector<std::string> signals;  // "staged/third_stage", or "staged" for all of the rule's
  std::vector<CaseLine> lines;
};
struct CaseFile {
  std::string name;
  std::vector<Case> cases;
  std::vector<std::string> problems;  // "staged.case:12: ..."; empty when it was understood
};

// Reads the frame: cases, their titles, lines and words. What a line says is for the player.
[[nodiscard]] CaseFile read_cases(std::string name, std::string_view text);
// The same from disk; a file that is not there is a problem.
[[nodiscard]] CaseFile load_cases(const std::filesystem::path& path);

}  // namespace bw::test
