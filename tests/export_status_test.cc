// SPDX-License-Identifier: Apache-2.0
#include "daemon/cli/commands.h"
#include "daemon/web/server.h"
#include "tests/support/desk.h"
#include "tests/support/run.h"
#include "tests/support/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

// `bellwether export-status`, from a web server of ours on loopback.
namespace bw {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::read_file;
namespace fs = std::filesystem;

class ExportStatus : public ::testing::Test {
 protected:
  ExportStatus() {
    std::string pattern = (fs::temp_directory_path() / "bellwether-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    auto started = WebServer::start("127.0.0.1:0", desk_.hooks());
    EXPECT_TRUE(started) << print(started.error());
    if (started) server_ = *std::move(started);
  }
  ~ExportStatus() override {
    server_.reset();
    fs::remove_all(folder_);
  }

  // What it says on standard error goes to `complaint_`.
  int run(const std::string& folder) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const auto at = "127.0.0.1:" + std::to_string(server_->port()) + "/";
    const int status = cli::export_status({.folder = folder, .at = at}, {});
    (void)::testing::internal::GetCapturedStdout();
    complaint_ = ::testing::internal::GetCapturedStderr();
    return status;
  }

  testing::Desk desk_;
  fs::path folder_;
  std::unique_ptr<WebServer> server_;
  std::string complaint_;
};

TEST_F(ExportStatus, WritesThePageAndTheDocumentsWhereReadersLookForThem) {
  const auto folder = (folder_ / "public/status").string();
  ASSERT_EQ(run(folder), cli::kFine) << complaint_;
  EXPECT_EQ(read_file(folder + "/index.html"), desk_.get("/public").body);
  for (const auto* path : {"/api/v2/summary.json",
                           "/api/v2/status.json",
                           "/api/v2/components.json",
                           "/api/v2/incidents.json",
                           "/api/v2/incidents/unresolved.json"}) {
    EXPECT_EQ(read_file(folder + path), desk_.get(path).body) << path;
  }
  // Again, over what is there; nothing is left beside it.
  EXPECT_EQ(run(folder), cli::kFine) << complaint_;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    EXPECT_NE(entry.path().extension(), ".new");
}

TEST_F(ExportStatus, LeavesWhatWasExportedWhileNothingTrueCanBeSaid) {
  const auto folder = folder_.string();
  ASSERT_EQ(run(folder), cli::kFine) << complaint_;
  const auto before = read_file(folder + "/api/v2/summary.json");
  auto blind = testing::busy_snapshot();
  blind.is_blind = true;
  server_.reset();  // no thread reads the old snapshot any more
  desk_.snapshot = std::make_shared<const Snapshot>(std::move(blind));
  auto started = WebServer::start("127.0.0.1:0", desk_.hooks());
  ASSERT_TRUE(started);
  server_ = *std::move(started);
  EXPECT_EQ(run(folder), cli::kCannot);
  EXPECT_THAT(complaint_, HasSubstr("it is blind, or starting"));
  EXPECT_EQ(read_file(folder + "/api/v2/summary.json"), before);
}

TEST_F(ExportStatus, SaysWhatKeepsItFromWriting) {
  testing::write_file((folder_ / "file").string(), "x");
  EXPECT_EQ(run((folder_ / "file").string()), cli::kCannot);
  EXPECT_THAT(complaint_, HasSubstr("cannot be written"));
  EXPECT_EQ(read_file((folder_ / "file").string()), "x");
}

TEST_F(ExportStatus, SaysThatNobodyAnswers) {
  ::testing::internal::CaptureStderr();
  const auto at = "127.0.0.1:" + std::to_string(test::closed_port());
  EXPECT_EQ(cli::export_status({.folder = folder_.string(), .at = at}, {}), cli::kCannot);
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("does not answer"));
}

}  // namespace
}  // namespace bw
