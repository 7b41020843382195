#include "ocpp/connection.h"

#include "ocpp/charge_point.h"

namespace evse::ocpp {

namespace {

constexpr char kSubprotocol[] = "ocpp1.6";
// Between attempts: doubles from the first to the longest, plus up to a fifth.
constexpr uint64_t kFirstRetryS = 5;
constexpr uint64_t kLongestRetryS = 300;
constexpr uint32_t kMostDoublings = 8;  // by then the longest has long been reached
// For an answer to get out before the socket is given up.
constexpr uint64_t kLeaveS = 1;

}  // namespace

bool Connection::power_on() {
  retry_.set(cp_.now_us);
  // Also that of the security profiles that it may come to.
  return make_address(false) && (!cp_.is_secured() || make_address(true));
}

// False: it is too long.
bool Connection::make_address(bool tls) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const Settings& settings = cp_.settings;
  const char* url = settings.url;
  address_.clear();
  if (tls) {
    if (settings.tls_url != nullptr) url = settings.tls_url;
    // In the clear nobody shall be reached where TLS is wanted.
    if (strncmp(url, "ws://", 5) == 0) {
      address_.add("wss://");
      url += 5;
    }
  }
  int size = static_cast<int>(strlen(url));
  while (size > 0 && url[size - 1] == '/') --size;
  address_.add(url, size).put('/');
  for (const char* at = settings.identity; *at != '\0'; ++at) {
    const char c = *at;
    const bool plain = (folded(c) >= 'a' && folded(c) <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      address_.put(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      address_.put('%').put(kHex[byte >> 4]).put(kHex[byte & 15]);
    }
  }
  return address_.fits();
}

uint64_t Connection::next_us() const {
  if (renewing_) return cp_.now_us;
  return retry_.at_us() < renewal_.at_us() ? retry_.at_us() : renewal_.at_us();
}

void Connection::connect() {
  make_address(cp_.security_profile.uses_tls());
  cp_.security_profile.trying();
  const Configuration& configuration = cp_.configuration;
  const bool with_key = cp_.security_profile.uses_key();
  const bool changed = configuration.secret_size() > 0;
  transport_.connect(address_.get(), kSubprotocol, cp_.settings.identity,
                     changed ? configuration.secret() : cp_.settings.key,
                     !with_key ? 0
                     : changed ? configuration.secret_size()
                               : cp_.settings.key_size);
  seen_ = hal::Transport::State::Connecting;
}

void Connection::poll() {
  if (renewing_) {
    renewing_ = false;
    renewal_.set(cp_.in_seconds(kLeaveS));
  }
  if (renewal_.due(cp_.now_us)) drop("to be connected anew");
  if (transport_.network_returned() && retry_.pending()) {
    failures_ = 0;
    retry_.set(cp_.now_us);
  }
  if (retry_.due(cp_.now_us)) connect();
  const hal::Transport::State state = transport_.state();
  if (state == seen_) return;
  const hal::Transport::State before = seen_;
  seen_ = state;
  if (state == hal::Transport::State::Open) {
    failures_ = 0;
    cp_.security_profile.opened();
    configure_ping();
    cp_.event(0, "connected");
    cp_.calls.opened();
    cp_.boot.opened();
  } else if (state == hal::Transport::State::Closed) {
    if (before == hal::Transport::State::Connecting) {
      cp_.security_profile.failed(transport_.failure());
    }
    lost(before == hal::Transport::State::Open ? "not connected: the socket is closed"
                                               : "not connected: the attempt has failed");
  }
}

void Connection::drop(const char* why) {
  if (seen_ != hal::Transport::State::Open) return;
  transport_.close();
  seen_ = hal::Transport::State::Closed;
  lost(why);
}

void Connection::lost(const char* why) {
  cp_.event(0, why);
  cp_.calls.closed();
  uint64_t delay_s = kFirstRetryS << failures_;
  if (delay_s > kLongestRetryS) delay_s = kLongestRetryS;
  if (failures_ < kMostDoublings) ++failures_;
  const uint64_t delay_us = delay_s * kSecondUs;
  retry_.set(cp_.now_us + delay_us + cp_.random() % (delay_us / 5));
}

void Connection::configure_ping() {
  transport_.ping_every(cp_.configuration.number(Key::WebSocketPingInterval));
}

}  // namespace evse::ocpp
