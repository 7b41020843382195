#include "microocpp_backend/transport_connection.h"

#include "ocpp/text.h"

namespace evse {

namespace {

using State = hal::Transport::State;

constexpr char kSubprotocol[] = "ocpp1.6";
constexpr char kCall = '2';  // after the bracket (OCPP-J 1.6 4.1.3)
// Between attempts: doubles from the first to the longest, plus up to a fifth.
constexpr uint64_t kFirstRetryUs = 5000000;
constexpr uint64_t kLongestRetryUs = 300000000;
constexpr uint32_t kMostDoublings = 8;
constexpr uint64_t kIdleUs = 500000;
constexpr int kMostAtOnce = 4;  // messages in one poll

// The identity is the last part of the path, percent-encoded (OCPP-J 1.6 3.1.1).
std::string address_of(const char* url, const char* identity) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string address = url;
  while (!address.empty() && address.back() == '/') address.pop_back();
  address += '/';
  for (const char* at = identity; *at != '\0'; ++at) {
    const char c = *at;
    const bool plain = (ocpp::folded(c) >= 'a' && ocpp::folded(c) <= 'z') ||
                       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      address += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      address += '%';
      address += kHex[byte >> 4];
      address += kHex[byte & 15];
    }
  }
  return address;
}

}  // namespace

TransportConnection::TransportConnection(const ocpp::Settings& settings, hal::Transport& transport,
                                         ocpp::EventLog& log)
    : settings_(settings),
      transport_(transport),
      log_(log),
      address_(address_of(settings.url, settings.identity)),
      random_(settings.seed != 0 ? settings.seed : 1) {}

void TransportConnection::loop() {
  look();
  if (transport_.network_returned()) {
    failures_ = 0;
    retry_us_ = now_us_;
  }
  if (seen_ == State::Closed && now_us_ >= retry_us_) {
    transport_.connect(address_.c_str(), kSubprotocol, settings_.identity, settings_.key,
                       settings_.key_size);
    seen_ = State::Connecting;
    look();
  }
  if (seen_ == State::Open) hear();
}

void TransportConnection::look() {
  const State before = seen_;
  seen_ = transport_.state();
  if (seen_ == before) return;
  if (seen_ == State::Open) {
    failures_ = 0;
    asked_ = false;
    last_us_ = now_us_;
    opened_ms_ = static_cast<unsigned long>(now_us_ / 1000);
    transport_.ping_every(ping_s_);
    log_.event(0, "connected");
  } else if (seen_ == State::Closed) {
    lost(before == State::Open ? "not connected: the socket is closed"
                               : "not connected: the attempt has failed");
  }
}

void TransportConnection::lost(const char* why) {
  log_.event(0, why);
  uint64_t delay_us = kFirstRetryUs << failures_;
  if (delay_us > kLongestRetryUs) delay_us = kLongestRetryUs;
  if (failures_ < kMostDoublings) ++failures_;
  random_ ^= random_ << 13;
  random_ ^= random_ >> 17;
  random_ ^= random_ << 5;
  retry_us_ = now_us_ + delay_us + random_ % (delay_us / 5);
}

void TransportConnection::hear() {
  for (int i = 0; i < kMostAtOnce; ++i) {
    const int size = transport_.receive(incoming_, ocpp::kFrameIn);
    if (size == 0) return;
    if (size > ocpp::kFrameIn) {
      log_.event(0, "a message is too large, and was not read");
    } else if (receive_) {
      last_us_ = now_us_;
      if (incoming_[1] != kCall) asked_ = false;
      receive_(incoming_, static_cast<size_t>(size));
    }
  }
}

bool TransportConnection::sendTXT(const char* text, size_t size) {
  if (!transport_.send(text, static_cast<int>(size))) return false;
  last_us_ = now_us_;
  if (text[1] == kCall) asked_ = true;
  return true;
}

bool TransportConnection::is_idle() const {
  return seen_ == State::Open && !asked_ && now_us_ - last_us_ >= kIdleUs;
}

}  // namespace evse
