// SPDX-License-Identifier: Apache-2.0
#include "daemon/net/http_engine.h"
#include "daemon/net/http_failure.h"
#include "daemon/net/job.h"
#include "daemon/net/lanes.h"
#include "probes/url.h"

#include <curl/curl.h>

#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

namespace bw::net {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};

void append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) std::abort();
  std::ignore = list.release();
  list.reset(longer);
}

std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copied(text);
  curl_free(text);
  return copied;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

bool has_break(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos;
}

// A coding that changes bytes; "identity" and chunking do not stack work.
std::size_t count_codings(std::string_view value) {
  std::size_t count = 0;
  while (!value.empty()) {
    const auto comma = value.find(',');
    const auto coding = fold_name(trim(value.substr(0, comma)));
    if (!coding.empty() && coding != "identity" && coding != "chunked") ++count;
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  return count;
}

class HttpJob final : public HostJob, private HttpEngine::Client {
 public:
  HttpJob(Context& shared, HttpAsk ask, Terms terms)
      : HostJob(shared, std::move(terms)), ask_(std::move(ask)) {}
  ~HttpJob() override { drop(); }
  HttpJob(const HttpJob&) = delete;
  HttpJob& operator=(const HttpJob&) = delete;

  void start() override {
    std::string trouble = prepare();
    if (!trouble.empty()) {
      fail(Outcome::monitor_error, std::move(trouble));
      return;
    }
    const auto url = parse_url(ask_.url);
    restrain(ask_.lead, url ? without_query(*url) : host_);
    if (!is_tls_) {
      reach(host_, port_, ask_.pin);
      return;
    }
    verification_.host = host_;
    reach_trusting({.host = host_, .port = port_, .pin = ask_.pin}, ask_.trust, verification_);
  }

 protected:
  void connect(const Endpoint& endpoint) override {
    endpoint_ = endpoint;
    choose_lane();
    // A connection that is there needs no handshake.
    if (!is_tls_ || lane_) {
      begin();
      return;
    }
    context().tls_gate.pass([this, weak = alive()] {
      if (!weak.expired() && !is_finished()) begin();
    });
  }

  void give_up() override {
    const bool is_begun = easy_ != nullptr;
    if (is_begun) {
      measure();
      context().http.stop(easy_.get());
    }
    keep_what_came();
    if (!is_begun) {
      reply_.failure = Outcome::monitor_error;
      reply_.detail = "waited " + allowed() + " for a turn to start a TLS handshake";
    } else if (!is_kept() && connected() == Micros{0}) {
      reply_.failure = Outcome::connect_timeout;
      reply_.detail = "no connection to " + peer() + " in " + allowed();
    } else if (!is_kept() && is_tls_ && verification_.done == Steady{}) {
      reply_.failure = Outcome::tls_timeout;
      reply_.detail = peer() + " did not finish the TLS handshake in " + allowed();
    } else if (!has_first_byte()) {
      reply_.failure = Outcome::reply_timeout;
      reply_.detail = peer() + " took the request and sent nothing in " + allowed();
    } else {
      reply_.failure = Outcome::reply_stalled;
      reply_.detail = peer() + " sent " + sent() + " and not the rest in " + allowed();
    }
    settle_lane();
    drop();
  }

 private:
  // What is wrong with what was asked; empty when nothing is.
  std::string prepare();
  std::string prepare_headers();
  [[nodiscard]] Lanes::Key lane_key() const {
    return {.host = host_, .endpoint = endpoint_, .is_tls = is_tls_};
  }
  // Whether a kept connection may serve, and whether this one may be kept.
  void choose_lane();
  void begin();
  void set_request();
  void set_connection();
  void on_done(CURLcode result) override;
  void judge(CURLcode result);
  void settle_lane();
  void measure();
  void keep_what_came();
  void drop();

  static std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static CURLcode on_context(CURL* easy, void* context, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  bool take_header(std::string_view line);

  [[nodiscard]] Micros time_of(CURLINFO info) const {
    curl_off_t micros = 0;
    curl_easy_getinfo(easy_.get(), info, &micros);
    return Micros{micros};
  }
  // A kept connection serves: nothing was opened. libcurl opens one after all where that has died.
  [[nodiscard]] bool is_kept() const { return lane_ && !has_opened_; }
  // Zero while it has not come to that; since `begun_`.
  [[nodiscard]] Micros connected() const {
    return is_tls_ ? since_begun(verification_.begun) : time_of(CURLINFO_CONNECT_TIME_T);
  }
  [[nodiscard]] Micros since_begun(Steady at) const {
    if (at == Steady{}) return Micros{0};
    return std::max(std::chrono::duration_cast<Micros>(at - begun_), Micros{1});
  }
  [[nodiscard]] bool has_first_byte() const { return first_byte() > Micros{0}; }
  [[nodiscard]] Micros first_byte() const;
  [[nodiscard]] std::string peer() const { return print(endpoint_); }
  [[nodiscard]] std::string sent() const {
    return std::to_string(header_bytes_ + http_.body.size()) + " bytes";
  }

  HttpAsk ask_;
  Url url_;
  std::string host_;
  std::uint16_t port_ = 0;
  bool is_tls_ = false;
  Endpoint endpoint_;
  Verification verification_;
  List headers_;
  List connect_to_;
  Easy easy_;
  std::array<char, CURL_ERROR_SIZE> error_{};
  Steady begun_{};
  Micros first_header_{0};
  HttpReply http_;
  std::size_t header_bytes_ = 0;
  std::size_t codings_ = 0;
  bool has_body_begun_ = false;
  int socket_error_ = 0;
  bool has_opened_ = false;
  bool may_keep_ = false;
  std::optional<Lanes::Lane> lane_;  // a kept connection may serve
  std::unique_ptr<SSL_CTX, FreeContext> tls_;
  bool is_empty_ = false;  // the peer closed instead of answering
  std::string malformed_;  // why we stopped reading
};

std::string HttpJob::prepare() {
  url_.reset(curl_url());
  if (!url_) std::abort();
  const CURLUcode result = curl_url_set(url_.get(), CURLUPART_URL, ask_.url.c_str(), 0);
  if (result != CURLUE_OK)
    return std::string("the URL cannot be read: ") + curl_url_strerror(result);
  const std::string scheme = part_of(url_.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return "only http and https URLs can be asked";
  is_tls_ = scheme == "https";
  if (!part_of(url_.get(), CURLUPART_USER).empty() ||
      !part_of(url_.get(), CURLUPART_PASSWORD).empty()) {
    return "the URL holds a user name: credentials belong into headers";
  }
  host_ = part_of(url_.get(), CURLUPART_HOST, CURLU_PUNYCODE);
  if (host_.empty()) return "the URL's host is no host name";
  if (host_.starts_with('[')) host_ = host_.substr(1, host_.size() - 2);
  const std::string port = part_of(url_.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), port_);
  if (port_ == 0) return "the URL's port is no port";
  return prepare_headers();
}

std::string HttpJob::prepare_headers() {
  if (ask_.method.empty() || ask_.method.find_first_of(" \t") != std::string::npos ||
      has_break(ask_.method)) {
    return "the method is no token";
  }
  for (const Header& header : ask_.headers) {
    const bool is_token =
        !header.name.empty() && header.name.find_first_of(": \t") == std::string::npos;
    if (!is_token || has_break(header.name) || has_break(header.value)) {
      return "the header \"" + header.name.substr(0, 40) + "\" cannot be sent";
    }
    append(headers_, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
  }
  if (!ask_.body.empty()) {
    append(headers_, "Expect:");  // libcurl would wait a second for "100 Continue"
    if (find_header(ask_.headers, "content-type").empty()) append(headers_, "Content-Type:");
  }
  return {};
}

void HttpJob::choose_lane() {
  if (ask_.handshake_every <= Millis{0}) return;
  auto& lanes = context().lanes;
  const auto now = context().loop.turn().steady;
  if (const auto* lane = lanes.find(lane_key(), ask_.trust, ask_.handshake_every, now)) {
    lane_ = *lane;
  }
  may_keep_ = lanes.has_room_for(lane_key(), ask_.trust, now);
}

void HttpJob::begin() {
  easy_ = context().http.take();
  begun_ = std::chrono::steady_clock::now();
  set_request();
  set_connection();
  context().http.start(easy_.get(), *this);
}

void HttpJob::set_request() {
  CURL* easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_CURLU, url_.get());
  if (ask_.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (!ask_.body.empty() || ask_.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(ask_.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, ask_.body.data());
  }
  if (ask_.method != "GET" && ask_.method != "HEAD") {
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, ask_.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, context().settings.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip, deflate, br");
  const auto version = !ask_.is_http2 ? CURL_HTTP_VERSION_1_1
                       : is_tls_      ? CURL_HTTP_VERSION_2TLS
                                      : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(version));
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &HttpJob::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &HttpJob::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_.data());
}

void HttpJob::set_connection() {
  CURL* easy = easy_.get();
  const std::string address = print(endpoint_);  // with brackets for IPv6
  append(connect_to_, "::" + address);
  curl_easy_setopt(easy, CURLOPT_CONNECT_TO, connect_to_.get());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &HttpJob::on_open);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_DNS_CACHE_TIMEOUT, 0L);
  // The deadline is ours; libcurl's own 300 s shall not come before it.
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 24L * 3600 * 1000);
  // There is one address, so there is nothing to do after libcurl's usual 200 ms; at that age it
  // would look after every transfer in one call (measured: ninety handshakes, 90 ms of one turn).
  curl_easy_setopt(easy, CURLOPT_HAPPY_EYEBALLS_TIMEOUT_MS, 24L * 3600 * 1000);
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, lane_ ? 0L : 1L);
  curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, may_keep_ ? 0L : 1L);
  if (lane_) {
    // Of several that are kept, none that is older than the lane's last handshake may be.
    const auto every = std::chrono::ceil<Seconds>(ask_.handshake_every);
    curl_easy_setopt(easy, CURLOPT_MAXLIFETIME_CONN, static_cast<long>(every.count()));
  }
  if (const auto source = source_for(endpoint_.address)) {
    curl_easy_setopt(easy, CURLOPT_INTERFACE, ("host!" + print(*source)).c_str());
  }
  if (!is_tls_) return;
  // Roots and verification are ours (trust.h); libcurl would load its own for every connection.
  curl_easy_setopt(easy, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, &HttpJob::on_context);
  curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, this);
}

// libcurl does not keep the errno of socket(2), and "out of descriptors" is ours to know.
curl_socket_t HttpJob::on_open(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto* job = static_cast<HttpJob*>(self);
  job->has_opened_ = true;
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0) job->socket_error_ = errno;
  return fd;
}

CURLcode HttpJob::on_context(CURL* /*easy*/, void* context, void* self) {
  auto* job = static_cast<HttpJob*>(self);
  auto* made = static_cast<SSL_CTX*>(context);
  // A kept connection outlives this exchange: its context is held until nothing of ours hangs on
  // it.
  if (SSL_CTX_up_ref(made) != 1) return CURLE_OUT_OF_MEMORY;
  if (job->tls_) detach(*job->tls_);
  job->tls_.reset(made);
  attach(*made, job->verification_);
  return CURLE_OK;
}

std::size_t HttpJob::on_header(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* job = static_cast<HttpJob*>(self);
  const std::string_view line(bytes, size * count);
  return job->take_header(line) ? line.size() : 0;
}

bool HttpJob::take_header(std::string_view line) {
  if (first_header_ == Micros{0}) {
    first_header_ = std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
  }
  header_bytes_ += line.size();
  if (header_bytes_ > ask_.header_bytes_max) {
    malformed_ = "sent more than " + std::to_string(ask_.header_bytes_max) + " bytes of headers";
    return false;
  }
  if (has_body_begun_ && !ask_.is_http2) return true;  // trailers
  if (line.starts_with("HTTP/")) {                     // after "100 Continue" comes another
    http_.headers.clear();
    codings_ = 0;
    return true;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return true;
  const Header header{.name = std::string(trim(line.substr(0, colon))),
                      .value = std::string(trim(line.substr(colon + 1)))};
  const std::string name = fold_name(header.name);
  if (name == "content-encoding" || name == "transfer-encoding") {
    codings_ += count_codings(header.value);
    // Layers of compression multiply: three of them make gigabytes of work out of one packet.
    if (codings_ > 1) {
      malformed_ = "sent a body with " + std::to_string(codings_) + " layers of compression";
      return false;
    }
  }
  (has_body_begun_ ? http_.trailers : http_.headers).push_back(header);
  return true;
}

std::size_t HttpJob::on_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto* job = static_cast<HttpJob*>(self);
  const std::string_view piece(bytes, size * count);
  job->has_body_begun_ = true;
  const std::size_t room = job->ask_.body_bytes_max - job->http_.body.size();
  job->http_.body.append(piece.substr(0, room));
  if (piece.size() <= room) return piece.size();
  job->http_.is_truncated = true;
  return CURL_WRITEFUNC_ERROR;
}

Micros HttpJob::first_byte() const {
  if (is_empty_) return Micros{0};
  // Where a body is sent, libcurl takes the first byte of that one.
  return ask_.body.empty() ? time_of(CURLINFO_STARTTRANSFER_TIME_T) : first_header_;
}

void HttpJob::measure() {
  const Micros total =
      std::chrono::duration_cast<Micros>(std::chrono::steady_clock::now() - begun_);
  const Micros opened = connected();
  const Micros first = first_byte();
  Phases& phases = reply_.phases;
  Micros ready = opened;
  if (is_kept()) {
    ready = Micros{0};
    phases.connect = Micros{0};
    if (is_tls_) phases.tls = Micros{0};
  } else {
    phases.connect = opened > Micros{0} ? opened : total;
    if (opened == Micros{0}) return;
  }
  if (is_tls_ && !is_kept()) {
    const Micros secured = since_begun(verification_.done);
    phases.tls = (secured > Micros{0} ? secured : total) - opened;
    if (secured == Micros{0}) return;
    ready = secured;
  }
  phases.wait = std::max((first > Micros{0} ? first : total) - ready, Micros{0});
  if (first > Micros{0}) phases.transfer = std::max(total - first, Micros{0});
}

void HttpJob::keep_what_came() {
  if (is_tls_ && (!verification_.chain.presented.empty() || !verification_.chain.version.empty())) {
    reply_.chain = std::move(verification_.chain);
  } else if (is_kept()) {
    reply_.chain = lane_->chain;
  }
  if (!easy_) return;
  long status = 0;
  long version = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_VERSION, &version);
  if (status == 0) return;
  http_.status = static_cast<int>(status);
  http_.version = version == CURL_HTTP_VERSION_1_0   ? "1.0"
                  : version == CURL_HTTP_VERSION_1_1 ? "1.1"
                                                     : "2";
  reply_.http = std::move(http_);
}

void HttpJob::on_done(CURLcode result) {
  is_empty_ = result == CURLE_GOT_NOTHING;
  measure();
  judge(result);
  keep_what_came();
  settle_lane();
  drop();
  deliver();
}

void HttpJob::judge(CURLcode result) {
  long error = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &error);
  if (error == 0) error = socket_error_;
  Failure failure = read_failure({.result = result,
                                  .peer = endpoint_,
                                  .error = static_cast<int>(error),
                                  .words = error_.data(),
                                  .malformed = malformed_,
                                  .is_truncated = http_.is_truncated,
                                  .has_first_byte = has_first_byte(),
                                  .bytes = header_bytes_ + http_.body.size()},
                                 verification_);
  reply_.failure = failure.outcome;
  reply_.detail = std::move(failure.detail);
}

// What the next look may rely on.
void HttpJob::settle_lane() {
  if (reply_.failure != Outcome::ok) {
    context().lanes.forget(lane_key());
  } else if (is_kept()) {
    context().http.count_kept();
  } else if (may_keep_) {
    context().lanes.keep(
        lane_key(),
        {.trust = ask_.trust, .chain = reply_.chain, .made = context().loop.turn().steady});
  }
}

void HttpJob::drop() {
  if (tls_) detach(*tls_);
  tls_.reset();
  if (!easy_) return;
  context().http.stop(easy_.get());
  context().http.give_back(std::move(easy_));
}

}  // namespace

std::unique_ptr<Job> make_http_job(Context& context, HttpAsk ask, Job::Terms terms) {
  return std::make_unique<HttpJob>(context, std::move(ask), std::move(terms));
}

}  // namespace bw::net
