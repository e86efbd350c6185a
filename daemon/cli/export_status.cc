// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/loop.h"
#include "daemon/net/net.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

// The public status as files, for any web server, taken from the running daemon.
namespace bw::cli {
namespace {

namespace fs = std::filesystem;

constexpr Millis kPatience{10'000};
constexpr std::size_t kDocumentBytesMax = 8 << 20;

struct Document {
  std::string_view path;  // at the daemon
  std::string_view file;  // below the folder: where Statuspage has it
};
constexpr std::array kDocuments = std::to_array<Document>({
    {.path = "/public", .file = "index.html"},
    {.path = "/api/v2/summary.json", .file = "api/v2/summary.json"},
    {.path = "/api/v2/status.json", .file = "api/v2/status.json"},
    {.path = "/api/v2/components.json", .file = "api/v2/components.json"},
    {.path = "/api/v2/incidents.json", .file = "api/v2/incidents.json"},
    {.path = "/api/v2/incidents/unresolved.json", .file = "api/v2/incidents/unresolved.json"},
});

std::vector<Reply> get_all(const std::string& base) {
  std::vector<Reply> replies(kDocuments.size());
  Loop loop{Clock()};
  Net net(loop, {});
  std::size_t left = kDocuments.size();
  loop.after(Micros{0}, [&] {
    for (std::size_t i = 0; i < kDocuments.size(); ++i) {
      HttpAsk ask;
      ask.url = base + std::string(kDocuments.at(i).path);
      ask.body_bytes_max = kDocumentBytesMax;
      net.start({.what = std::move(ask), .deadline = kPatience}, [&, i](Reply reply) {
        replies[i] = std::move(reply);
        if (--left == 0) loop.stop();
      });
    }
  });
  loop.run();
  return replies;
}

// Why there is nothing to write: then what was written before stays as it is.
std::optional<Error> objection(const std::vector<Reply>& replies, const std::string& base) {
  for (const auto& reply : replies) {
    if (!reply.http || reply.failure != Outcome::ok) {
      return Error{.what = "bellwether does not answer: " + reply.detail,
                   .where = base,
                   .hint = "is it running here? --at names another address"};
    }
    if (reply.http->status == 503) {
      return Error{.what = "it can say nothing true at present: it is blind, or starting",
                   .where = base,
                   .hint = "what was exported before is left as it is"};
    }
    if (reply.http->status != 200) {
      return Error{.what = "the answer was " + std::to_string(reply.http->status),
                   .where = base,
                   .hint = "is it a bellwether of this version?"};
    }
  }
  return std::nullopt;
}

// Whole or not at all: a web server beside us never sends half a document.
std::optional<Error> write_whole(const fs::path& path, const std::string& text) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  auto beside = path;
  beside += ".new";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (file) fs::rename(beside, path, failed);
  if (file && !failed) return std::nullopt;
  std::error_code ignored;
  fs::remove(beside, ignored);
  return Error{.what = "cannot be written" + (failed ? ": " + failed.message() : std::string()),
               .where = path.string(),
               .hint = "is there room, and may this user write there?"};
}

}  // namespace

int export_status(const ExportStatusOptions& options, const Common& common) {
  const auto base = daemon_url(options.at);
  const auto replies = get_all(base);
  if (const auto wrong = objection(replies, base)) {
    print_errors({*wrong});
    return kCannot;
  }
  auto written = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < kDocuments.size(); ++i) {
    const auto& http = replies[i].http;
    if (!http) continue;  // `objection` has seen to it
    const auto path = fs::path(options.folder) / kDocuments.at(i).file;
    if (const auto wrong = write_whole(path, http->body)) {
      print_errors({*wrong});
      return kCannot;
    }
    written.push_back(path.string());
  }
  if (common.is_json) {
    std::printf("%s\n", nlohmann::ordered_json{{"written", written}}.dump().c_str());
  } else {
    std::printf("%zu documents in %s\n", kDocuments.size(), options.folder.c_str());
  }
  return kFine;
}

}  // namespace bw::cli
