// SPDX-License-Identifier: Apache-2.0
#include "tests/support/book_case.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace bw::testing {

std::string world_path(std::string_view world) {
  return BW_SOURCE_DIR "/tests/worlds/" + std::string(world) + "/world.toml";
}

Config world_config(std::string_view world) {
  auto config =
      load_config(BW_SOURCE_DIR "/tests/worlds/" + std::string(world) + "/bellwether.toml",
                  ConfigSources::standing_in(rehearsal::kCanaryPassword));
  if (!config) {
    std::cerr << print(config.error().front()) << '\n';
    std::abort();
  }
  return std::move(*config);
}

std::string incident_path(std::string_view id) {
  return BW_SOURCE_DIR "/tests/incidents/" + std::string(id) + ".toml";
}

std::string write_file(std::string_view name, std::string_view text) {
  const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) /
      (std::string("bw-") + info->test_suite_name() + "-" + info->name());
  std::filesystem::create_directories(folder);
  const auto path = folder / (std::string(name) + ".toml");
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
  return path.string();
}

std::string incident_text(std::string_view world, std::string_view events) {
  return "id = \"case\"\ntitle = \"A case\"\noccurred = 2025-03-04\nsources = []\nworld = \"" +
         std::string(world) +
         "\"\nt0 = 2025-03-04T12:00:00Z\nend = \"2d\"\n[truth]\nlabel = \"benign\"\n"
         "cause = \"own_change\"\ndecide_by = \"1h\"\n" +
         std::string(events);
}

std::vector<Error> problems_of(std::string_view world, std::string_view events) {
  const auto loaded =
      rehearsal::World::load(world_path(world), write_file("case", incident_text(world, events)));
  return loaded ? std::vector<Error>{} : loaded.error();
}

rehearsal::World play(std::string_view world, std::string_view events) {
  auto loaded =
      rehearsal::World::load(world_path(world), write_file("case", incident_text(world, events)));
  if (!loaded) {
    for (const auto& error : loaded.error())
      std::cerr << print(error) << "\n";
    std::abort();
  }
  return std::move(*loaded);
}

Ask get(std::string_view url) {
  HttpAsk http;
  http.url = url;
  return {.what = std::move(http), .deadline = Millis{10'000}};
}

Ask post(std::string_view url, std::string_view body) {
  HttpAsk http;
  http.method = "POST";
  http.url = url;
  http.body = body;
  return {.what = std::move(http), .deadline = Millis{10'000}};
}

Ask dns(std::string_view name, std::vector<std::uint16_t> types) {
  return {.what = DnsAsk{.name = std::string(name), .types = std::move(types), .server = {}},
          .deadline = Millis{5'000}};
}

Reply look(const rehearsal::World& world, const Ask& ask, Millis offset, std::string_view vantage) {
  return world.answer(ask, vantage, world.t0() + offset);
}

}  // namespace bw::testing
