#include "link/business.h"

#include <string.h>

namespace evse::link {

namespace {

constexpr int kMostUrl = 2048;

}  // namespace

bool Business::take(uint8_t type, int size, Happenings& to) {
  const uint8_t* p = frames_.body();
  switch (type) {
    case kReport: {
      if (size != 1 + kReportBytes) return false;
      const int connector = get_u8(p);
      Report report;
      if (connector < 1 || connector > frames_.evses() || !decode(p, report)) return false;
      to.report(connector, report);
      return true;
    }
    case kTag: {
      if (size != 1 + kTagBytes) return false;
      const int connector = get_u8(p);
      if (connector < 1 || connector > frames_.evses()) return false;
      char tag[kTagBytes + 1]{};
      memcpy(tag, p, kTagBytes);
      to.tag(connector, tag);
      return true;
    }
    case kNetState: {
      if (size != 2) return false;
      bool valid = true;
      const Net state = get_choice<Net, 4>(p, valid);
      const auto why = get_choice<hal::Transport::Failure, 6>(p, valid);
      if (valid) to.net_state(state, why);
      return valid;
    }
    case kNetText: {
      if (size < 4) return false;
      const uint32_t whole = get_u32(p);
      const auto held = static_cast<uint32_t>(size - 4);
      if (held != (whole < kMostText ? whole : static_cast<uint32_t>(kMostText))) return false;
      to.net_text(p, whole);
      return true;
    }
    case kFileData: {
      if (size < 4 || size > 4 + kMostFile) return false;
      const uint32_t transfer = get_u32(p);
      to.file_data(transfer, p, size - 4);
      return true;
    }
    case kFileDone: {
      if (size < 5) return false;
      const uint32_t transfer = get_u32(p);
      bool valid = true;
      const FileOutcome outcome = get_choice<FileOutcome, 3>(p, valid);
      if (valid) to.file_done(transfer, outcome, reinterpret_cast<const char*>(p), size - 5);
      return valid;
    }
    default:
      return false;
  }
}

Business::Next Business::next(Happenings& to, uint64_t& now_us) {
  for (;;) {
    uint8_t type = 0;
    int size = 0;
    if (!frames_.receive(type, size)) return Next::Gone;
    if (type == kPowerCut) return Next::PowerCut;
    if (type == kPoll) {
      if (size != 8) return Next::Gone;
      const uint8_t* p = frames_.body();
      now_us = get_u64(p);
      return Next::Poll;
    }
    if (!take(type, size, to)) return Next::Gone;
  }
}

void Business::command(int connector, const Command& command) {
  uint8_t* p = frames_.body();
  put_u8(p, static_cast<uint8_t>(connector));
  encode(p, command);
  frames_.send(kCommand, 1 + kCommandBytes);
}

void Business::padded(uint8_t*& p, const char* text, int size) {
  const int length = static_cast<int>(strnlen(text, static_cast<size_t>(size)));
  memset(p, 0, static_cast<size_t>(size));
  memcpy(p, text, static_cast<size_t>(length));
  p += size;
}

void Business::net_connect(const char* url, const char* subprotocol, const char* user,
                           const uint8_t* key, int key_size) {
  if (key_size > kKeyBytes) key_size = kKeyBytes;
  uint8_t* p = frames_.body();
  padded(p, url, kUrlBytes);
  padded(p, subprotocol, kSubprotocolBytes);
  padded(p, user, kUserBytes);
  put_u8(p, static_cast<uint8_t>(key_size));
  for (int i = 0; i < kKeyBytes; ++i) put_u8(p, i < key_size ? key[i] : uint8_t{0});
  frames_.send(kNetConnect, static_cast<int>(p - frames_.body()));
}

void Business::net_close() { frames_.send(kNetClose, 0); }

bool Business::net_send(const char* text, int size) {
  if (size < 0 || size > kMostSaid) return false;
  memcpy(frames_.body(), text, static_cast<size_t>(size));
  frames_.send(kNetSend, size);
  return true;
}

void Business::net_ping(uint32_t seconds) {
  uint8_t* p = frames_.body();
  put_u32(p, seconds);
  frames_.send(kNetPing, 4);
}

void Business::event(int connector, const char* text) {
  constexpr int kLongest = 400;
  const int size = static_cast<int>(strnlen(text, kLongest));
  uint8_t* p = frames_.body();
  put_u8(p, static_cast<uint8_t>(connector));
  memcpy(p, text, static_cast<size_t>(size));
  frames_.send(kEvent, 1 + size);
}

void Business::send_rest(uint8_t type, uint8_t* p, const char* text, int most) {
  const size_t size = strnlen(text, static_cast<size_t>(most));
  memcpy(p, text, size);
  frames_.send(type, static_cast<int>(p - frames_.body()) + static_cast<int>(size));
}

void Business::file_get(uint32_t transfer, const char* url) {
  uint8_t* p = frames_.body();
  put_u32(p, transfer);
  send_rest(kFileGet, p, url, kMostUrl);
}

void Business::file_put(uint32_t transfer, const char* name, const char* url) {
  uint8_t* p = frames_.body();
  put_u32(p, transfer);
  padded(p, name, kNameBytes);
  send_rest(kFilePut, p, url, kMostUrl);
}

void Business::file_text(uint32_t transfer, const char* text, int size) {
  if (size > kMostFile) size = kMostFile;
  uint8_t* p = frames_.body();
  put_u32(p, transfer);
  memcpy(p, text, static_cast<size_t>(size));
  frames_.send(kFileText, 4 + size);
}

void Business::file_end(uint32_t transfer) {
  uint8_t* p = frames_.body();
  put_u32(p, transfer);
  frames_.send(kFileEnd, 4);
}

void Business::file_drop(uint32_t transfer) {
  uint8_t* p = frames_.body();
  put_u32(p, transfer);
  frames_.send(kFileDrop, 4);
}

void Business::polled(const Polled& polled) {
  uint8_t* p = frames_.body();
  put_u64(p, polled.next_us);
  put_u8(p, polled.reset);
  put_u8(p, polled.registration);
  put_u8(p, polled.idle ? 1 : 0);
  put_u32(p, polled.queued);
  for (int i = 0; i <= frames_.evses(); ++i) {
    const Shown& shown = polled.shown[i];
    put_u8(p, shown.status);
    put_u8(p, shown.in_transaction ? 1 : 0);
    put_u8(p, shown.numbered ? 1 : 0);
    put_i32(p, shown.transaction);
  }
  frames_.send(kPolled, static_cast<int>(p - frames_.body()));
}

}  // namespace evse::link
