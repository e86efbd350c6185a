// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/http_engine.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace bw::net {
namespace {

constexpr std::size_t kPoolMax = 256;

}  // namespace

HttpEngine::HttpEngine(Loop& loop, int kept_max) : loop_(loop) {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) std::abort();
  multi_ = curl_multi_init();
  if (multi_ == nullptr) std::abort();
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &HttpEngine::on_socket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &HttpEngine::on_timer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
  // 0 would be libcurl's own choice: four for each transfer under way.
  curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(std::max(kept_max, 1)));
}

HttpEngine::~HttpEngine() {
  loop_.cancel(timer_);
  pool_.clear();
  curl_multi_cleanup(multi_);
  loop_.cancel(timer_);
}

Easy HttpEngine::take() {
  if (pool_.empty()) {
    Easy easy(curl_easy_init());
    if (!easy) std::abort();
    return easy;
  }
  Easy easy = std::move(pool_.back());
  pool_.pop_back();
  return easy;
}

void HttpEngine::start(CURL* easy, Client& client) {
  curl_easy_setopt(easy, CURLOPT_PRIVATE, &client);
  if (curl_multi_add_handle(multi_, easy) != CURLM_OK) std::abort();
  // Begins at once, alone: left to its timer, libcurl begins all that were added since in one call.
  act(CURL_SOCKET_TIMEOUT, 0);
}

void HttpEngine::stop(CURL* easy) {
  curl_multi_remove_handle(multi_, easy);
}

void HttpEngine::give_back(Easy easy) {
  if (pool_.size() >= kPoolMax) return;
  curl_easy_reset(easy.get());
  pool_.push_back(std::move(easy));
}

int HttpEngine::on_socket(
    CURL* /*easy*/, curl_socket_t fd, int what, void* self, void* /*watched*/) {
  auto* engine = static_cast<HttpEngine*>(self);
  if (what == CURL_POLL_REMOVE) {
    engine->loop_.unwatch(fd);
    return 0;
  }
  const std::uint32_t events = ((what & CURL_POLL_IN) != 0 ? Loop::readable : 0U) |
                               ((what & CURL_POLL_OUT) != 0 ? Loop::writable : 0U);
  engine->loop_.watch(fd, events, [engine, fd](std::uint32_t happened) {
    engine->act(fd,
                ((happened & Loop::readable) != 0 ? CURL_CSELECT_IN : 0) |
                    ((happened & Loop::writable) != 0 ? CURL_CSELECT_OUT : 0));
  });
  return 0;
}

int HttpEngine::on_timer(CURLM* /*multi*/, long millis, void* self) {
  auto* engine = static_cast<HttpEngine*>(self);
  engine->loop_.cancel(std::exchange(engine->timer_, 0));
  if (millis < 0) return 0;
  engine->timer_ = engine->loop_.after(Millis{millis}, [engine] {
    engine->timer_ = 0;
    engine->act(CURL_SOCKET_TIMEOUT, 0);
  });
  return 0;
}

void HttpEngine::act(curl_socket_t fd, int events) {
  int running = 0;
  curl_multi_socket_action(multi_, fd, events, &running);
  read_done();
}

void HttpEngine::read_done() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode result = message->data.result;
    CURL* easy = message->easy_handle;
    void* client = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &client);
    curl_multi_remove_handle(multi_, easy);
    static_cast<Client*>(client)->on_done(result);
  }
}

}  // namespace bw::net
