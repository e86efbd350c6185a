// SPDX-License-Identifier: Apache-2.0
// What a probe costs at the least: a bare epoll client without names, journal, judge or metrics;
// the driver of blackbox_exporter; and a server that answers late. engine.py runs it. Bounded by
// COUNT and by alarm(2): nothing here can be left running.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kSecondsMax = 600;
constexpr std::size_t kReadBytes = 16'384;
constexpr int kEventsMax = 256;

[[noreturn]] void give_up(const std::string& what) {
  std::fprintf(stderr, "floor: %s\n", what.c_str());
  std::exit(3);
}

sockaddr_in address_of(const char* host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) give_up("not an IPv4 address");
  return address;
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

struct Work {
  enum class What { tcp, http, https, kept } what = What::http;
  sockaddr_in server{};
  std::string request;
  std::string host;  // verified in the certificate
  long count = 0;
  int concurrency = 1;
  SSL_CTX* trust = nullptr;
};

// One exchange after the other over as many sockets as asked.
class Client {
 public:
  explicit Client(Work work)
      : work_(std::move(work)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        lanes_(static_cast<std::size_t>(work_.concurrency)) {}

  void run() {
    const auto began = Clock::now();
    for (auto& lane : lanes_)
      begin(lane);
    while (open_ > 0) {
      epoll_event events[kEventsMax];
      const int ready = epoll_wait(epoll_, events, kEventsMax, -1);
      for (int i = 0; i < ready; ++i)
        go_on(*static_cast<Lane*>(events[i].data.ptr));
    }
    const std::chrono::duration<double> wall = Clock::now() - began;
    std::printf("{\"count\": %ld, \"ok\": %ld, \"cpu_s\": %.6f, \"wall_s\": %.6f}\n",
                begun_,
                ok_,
                cpu_seconds(),
                wall.count());
  }

 private:
  struct Lane {
    int fd = -1;
    bool is_connected = false;
    bool is_sent = false;
    std::unique_ptr<SSL, FreeSsl> ssl;
    std::string head;
    std::size_t left = 0;  // of the body, once the head is read
    bool has_head = false;
  };

  void begin(Lane& lane) {
    if (begun_ == work_.count) {
      if (lane.fd >= 0) close(lane.fd);
      lane.fd = -1;
      return;
    }
    ++begun_;
    ++open_;
    lane.is_sent = lane.has_head = false;
    lane.head.clear();
    if (lane.fd >= 0) return send_request(lane);
    lane.is_connected = false;
    lane.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (lane.fd < 0) give_up("no socket");
    const int on = 1;
    setsockopt(lane.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int status =
        connect(lane.fd, reinterpret_cast<const sockaddr*>(&work_.server), sizeof work_.server);
    if (status != 0 && errno != EINPROGRESS) return end(lane, false);
    epoll_event event{.events = EPOLLIN | EPOLLOUT | EPOLLET, .data = {.ptr = &lane}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, lane.fd, &event);
  }

  void end(Lane& lane, bool is_ok) {
    ok_ += is_ok ? 1 : 0;
    --open_;
    if (!is_ok || work_.what != Work::What::kept) {
      lane.ssl.reset();
      close(lane.fd);
      lane.fd = -1;
    }
    begin(lane);
  }

  void go_on(Lane& lane) {
    if (lane.fd < 0) return;
    if (!lane.is_connected) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(lane.fd, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return end(lane, false);
      sockaddr_in peer{};
      socklen_t length = sizeof peer;
      if (getpeername(lane.fd, reinterpret_cast<sockaddr*>(&peer), &length) != 0) return;
      lane.is_connected = true;
      if (work_.what == Work::What::tcp) return end(lane, true);
      if (work_.what == Work::What::https) start_tls(lane);
    }
    if (lane.ssl && !SSL_is_init_finished(lane.ssl.get())) {
      const int status = SSL_do_handshake(lane.ssl.get());
      if (status != 1) {
        const int why = SSL_get_error(lane.ssl.get(), status);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) end(lane, false);
        return;
      }
    }
    if (!lane.is_sent) send_request(lane);
    receive(lane);
  }

  void start_tls(Lane& lane) {
    lane.ssl.reset(SSL_new(work_.trust));
    SSL_set_fd(lane.ssl.get(), lane.fd);
    SSL_set_tlsext_host_name(lane.ssl.get(), work_.host.c_str());
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(lane.ssl.get()), work_.host.c_str()) != 1)
      SSL_set1_host(lane.ssl.get(), work_.host.c_str());
    SSL_set_connect_state(lane.ssl.get());
  }

  // A request of a few hundred bytes fits an empty socket buffer whole.
  void send_request(Lane& lane) {
    const int size = static_cast<int>(work_.request.size());
    const auto sent = lane.ssl
                          ? SSL_write(lane.ssl.get(), work_.request.data(), size)
                          : send(lane.fd, work_.request.data(), work_.request.size(), MSG_NOSIGNAL);
    lane.is_sent = sent == size;
    if (!lane.is_sent) end(lane, false);
  }

  void receive(Lane& lane) {
    char bytes[kReadBytes];
    const long serial = begun_;
    while (lane.fd >= 0 && lane.is_sent) {
      const auto got = lane.ssl ? SSL_read(lane.ssl.get(), bytes, sizeof bytes)
                                : recv(lane.fd, bytes, sizeof bytes, 0);
      if (got > 0) {
        take(lane, {bytes, static_cast<std::size_t>(got)});
        if (serial != begun_ || lane.fd < 0) return;
        continue;
      }
      const bool is_later =
          lane.ssl ? SSL_get_error(lane.ssl.get(), static_cast<int>(got)) == SSL_ERROR_WANT_READ
                   : got < 0 && errno == EAGAIN;
      if (!is_later) end(lane, false);
      return;
    }
  }

  // Status line, Content-Length or the last chunk; enough for the servers that engine.py starts.
  void take(Lane& lane, std::string_view bytes) {
    if (!lane.has_head) {
      lane.head.append(bytes);
      const auto end_of_head = lane.head.find("\r\n\r\n");
      if (end_of_head == std::string::npos) return;
      const auto at = lane.head.find("Content-Length: ");
      if (at == std::string::npos || at > end_of_head) give_up("no Content-Length: " + lane.head);
      const std::size_t length = std::strtoul(lane.head.c_str() + at + 16, nullptr, 10);
      const std::size_t have = lane.head.size() - end_of_head - 4;
      lane.has_head = true;
      lane.left = length - std::min(length, have);
    } else {
      lane.left -= std::min(lane.left, bytes.size());
    }
    if (lane.left == 0) end(lane, lane.head.starts_with("HTTP/1.1 200"));
  }

  Work work_;
  int epoll_;
  std::vector<Lane> lanes_;
  long begun_ = 0;
  long open_ = 0;
  long ok_ = 0;
};

// Answers each request `delay` after it has come, to the millisecond.
class SlowServer {
 public:
  SlowServer(int port, std::chrono::milliseconds delay) : delay_(delay) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const auto address = address_of("127.0.0.1", port);
    if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      give_up("the port is taken");
    listen(listener_, 4096);
    watch(listener_, EPOLLIN);
  }

  [[noreturn]] void run() {
    for (;;) {
      epoll_event events[kEventsMax];
      const timespec left = until_next();
      const int ready =
          epoll_pwait2(epoll_, events, kEventsMax, owed_.empty() ? nullptr : &left, nullptr);
      for (int i = 0; i < ready; ++i) {
        if (events[i].data.fd == listener_) {
          take_in();
        } else {
          hear(events[i].data.fd);
        }
      }
      answer();
    }
  }

 private:
  struct Owed {
    Clock::time_point at;
    int fd;
  };

  void watch(int fd, std::uint32_t what) {
    epoll_event event{.events = what, .data = {.fd = fd}};
    epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }
  timespec until_next() const {
    if (owed_.empty()) return {};
    const auto left = std::max(Clock::duration{0}, owed_.front().at - Clock::now());
    const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
    return {.tv_sec = ns / 1'000'000'000, .tv_nsec = ns % 1'000'000'000};
  }
  void take_in() {
    for (;;) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      watch(fd, EPOLLIN);
    }
  }
  void hear(int fd) {
    char bytes[kReadBytes];
    const auto got = recv(fd, bytes, sizeof bytes, 0);
    if (got > 0) {
      owed_.push_back({.at = Clock::now() + delay_, .fd = fd});
    } else if (got == 0 || errno != EAGAIN) {
      // Closed only here: a number that is still owed an answer is not given to another connection.
      std::erase_if(owed_, [&](const Owed& owed) { return owed.fd == fd; });
      close(fd);
    }
  }
  void answer() {
    static constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    const auto now = Clock::now();
    while (!owed_.empty() && owed_.front().at <= now) {
      [[maybe_unused]] const auto sent =
          send(owed_.front().fd, kAnswer.data(), kAnswer.size(), MSG_NOSIGNAL);
      owed_.pop_front();
    }
  }

  std::chrono::milliseconds delay_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  int listener_ = -1;
  std::deque<Owed> owed_;
};

int usage() {
  std::fputs(
      "usage: bellwether_floor tcp|http|https|kept ADDRESS PORT COUNT CONCURRENCY PATH [HOST "
      "CA_FILE]\n"
      "       bellwether_floor slow PORT DELAY_MS\n",
      stderr);
  return 2;
}

SSL_CTX* trust_of(const char* ca_file) {
  SSL_CTX* trust = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_session_cache_mode(trust, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(trust, SSL_VERIFY_PEER, nullptr);
  if (SSL_CTX_load_verify_file(trust, ca_file) != 1) give_up("the CA file cannot be read");
  return trust;
}

}  // namespace

int main(int count, char** words) {
  alarm(kSecondsMax);
  std::signal(SIGPIPE, SIG_IGN);
  const std::string_view what = count > 1 ? words[1] : "";
  if (what == "slow" && count == 4)
    SlowServer(std::atoi(words[2]), std::chrono::milliseconds(std::atoi(words[3]))).run();
  if (count < 7) return usage();
  Work work;
  work.server = address_of(words[2], std::atoi(words[3]));
  work.count = std::atol(words[4]);
  work.concurrency = std::atoi(words[5]);
  work.host = count > 7 ? words[7] : words[2];
  work.request = "GET " + std::string(words[6]) + " HTTP/1.1\r\nHost: " + work.host +
                 "\r\nUser-Agent: floor\r\nAccept: */*\r\n\r\n";
  if (what == "tcp") {
    work.what = Work::What::tcp;
  } else if (what == "kept") {
    work.what = Work::What::kept;
  } else if (what == "https" && count == 9) {
    work.what = Work::What::https;
    work.trust = trust_of(words[8]);
  } else if (what != "http") {
    return usage();
  }
  Client(std::move(work)).run();
  return 0;
}
