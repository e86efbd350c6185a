// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/web/routes.h"
#include "tests/support/sample_snapshot.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bw::testing {

// Hooks over one snapshot, and what was handed to them.
struct Desk {
  SnapshotRef snapshot;
  std::vector<OperatorNote> notes;
  std::vector<Announcement> announcements;

  explicit Desk(Snapshot shown = busy_snapshot())
      : snapshot(std::make_shared<const Snapshot>(std::move(shown))) {}
  WebHooks hooks() {
    return {.snapshot = [this] { return snapshot; },
            .note = [this](OperatorNote note) { notes.push_back(std::move(note)); },
            .announce = [this](Announcement told) { announcements.push_back(std::move(told)); },
            .external_url = "https://status.hedgerow.example/"};
  }
  WebReply get(const std::string& target) {
    return answer({.method = "GET", .target = target, .host = "localhost"}, hooks());
  }
  static WebRequest posting(const std::string& target, const std::string& body) {
    return {.method = "POST",
            .target = target,
            .host = "localhost:9808",
            .content_type = "application/json",
            .body = body,
            .is_peer_local = true};
  }
  WebReply post(const std::string& target, const std::string& body = "{}") {
    return answer(posting(target, body), hooks());
  }
};

}  // namespace bw::testing
