// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/loop.h"

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <vector>

namespace bw::net {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

// libcurl's multi interface in our loop: it tells which sockets and which time matter, the loop
// tells it when. Handles are pooled by transfers in flight, never kept per target.
class HttpEngine {
 public:
  // What a transfer belongs to.
  class Client {
   public:
    virtual ~Client() = default;
    // From the loop, outside of libcurl.
    virtual void on_done(CURLcode result) = 0;
  };

  // At most `kept_max` connections stay open between transfers; then the one that has been idle
  // longest is closed.
  HttpEngine(Loop& loop, int kept_max);
  ~HttpEngine();
  HttpEngine(const HttpEngine&) = delete;
  HttpEngine& operator=(const HttpEngine&) = delete;

  // A handle with default options.
  [[nodiscard]] Easy take();
  // Until `on_done`, which may come before this returns, or `stop`; both leave the handle to its
  // owner. Not from inside libcurl.
  void start(CURL* easy, Client& client);
  void stop(CURL* easy);
  void give_back(Easy easy);

  // Transfers that went over a connection that was there.
  void count_kept() { ++kept_; }
  [[nodiscard]] std::uint64_t kept() const { return kept_; }

 private:
  static int on_socket(CURL* easy, curl_socket_t fd, int what, void* self, void* watched);
  static int on_timer(CURLM* multi, long millis, void* self);
  void act(curl_socket_t fd, int events);
  void read_done();

  Loop& loop_;
  CURLM* multi_ = nullptr;
  Loop::Timer timer_ = 0;
  std::vector<Easy> pool_;
  std::uint64_t kept_ = 0;
};

}  // namespace bw::net
