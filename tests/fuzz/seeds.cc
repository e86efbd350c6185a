// SPDX-License-Identifier: Apache-2.0
// Sends each seed of one fuzz target through it: `bellwether_seeds html tests/fuzz/seeds/html`.
// Also plays a finding again, given a folder that holds it. A target that finds something aborts.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

// BW_FUZZ_TARGETS is one X(name) for each file here: CMakeLists.txt gives it.
#define X(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
BW_FUZZ_TARGETS
#undef X

namespace {

using Target = int (*)(const std::uint8_t*, std::size_t);

Target find_target(std::string_view wanted) {
#define X(name) \
  if (wanted == #name) return &fuzz_##name;
  BW_FUZZ_TARGETS
#undef X
  return nullptr;
}

}  // namespace

int main(int count, char** words) {
  if (count != 3) {
    std::cerr << "usage: bellwether_seeds TARGET FOLDER\n";
    return 2;
  }
  const Target target = find_target(words[1]);
  if (target == nullptr) {
    std::cerr << "there is no fuzz target \"" << words[1] << "\"\n";
    return 2;
  }
  int played = 0;
  for (const auto& entry : std::filesystem::directory_iterator(words[2])) {
    std::cout << entry.path().filename().string() << '\n';
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    if (!file) return 1;
    target(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    ++played;
  }
  std::cout << played << " seeds\n";
  return played > 0 ? 0 : 1;
}
