#include "link_transport.h"

#include <string.h>

namespace evse::host {

namespace {

int kept_of(uint32_t size) {
  return size < static_cast<uint32_t>(link::kMostText) ? static_cast<int>(size) : link::kMostText;
}

}  // namespace

void LinkTransport::changed(link::Net state, Failure why) {
  switch (state) {
    case link::Net::Closed:
      state_ = State::Closed;
      failure_ = why;
      used_ = 0;
      break;
    case link::Net::Connecting:
      state_ = State::Connecting;
      break;
    case link::Net::Open:
      state_ = State::Open;
      break;
    case link::Net::Returned:
      returned_ = true;
      break;
  }
}

void LinkTransport::heard(const uint8_t* text, uint32_t size) {
  if (state_ != State::Open) return;
  const int kept = kept_of(size);
  if (used_ + kSizeBytes + kept > kRoom) {
    close();  // As on a board whose buffer is full.
    return;
  }
  uint8_t* p = messages_ + used_;
  link::put_u32(p, size);
  memcpy(p, text, static_cast<size_t>(kept));
  used_ += kSizeBytes + kept;
}

void LinkTransport::connect(const char* url, const char* subprotocol, const char* user,
                            const uint8_t* key, int key_size) {
  used_ = 0;
  state_ = State::Connecting;
  twin_.net_connect(url, subprotocol, user, key, key_size);
}

void LinkTransport::close() {
  if (state_ != State::Closed) twin_.net_close();
  state_ = State::Closed;
  used_ = 0;
}

bool LinkTransport::send(const char* text, int size) {
  return state_ == State::Open && twin_.net_send(text, size);
}

int LinkTransport::receive(char* text, int capacity) {
  if (used_ == 0) return 0;
  const uint8_t* p = messages_;
  const uint32_t size = link::get_u32(p);
  const int kept = kept_of(size);
  memcpy(text, p, static_cast<size_t>(kept < capacity ? kept : capacity));
  const int taken = kSizeBytes + kept;
  memmove(messages_, messages_ + taken, static_cast<size_t>(used_ - taken));
  used_ -= taken;
  return static_cast<int>(size);
}

bool LinkTransport::network_returned() {
  const bool returned = returned_;
  returned_ = false;
  return returned;
}

void LinkTransport::ping_every(int seconds) {
  if (seconds == ping_seconds_) return;
  ping_seconds_ = seconds;
  twin_.net_ping(static_cast<uint32_t>(seconds));
}

}  // namespace evse::host
