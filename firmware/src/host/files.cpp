#include "files.h"

#include <stdio.h>

namespace evse::host {

namespace {

// As long as the twin's own charge point takes: power may go meanwhile.
constexpr uint64_t kInstallUs = 20000000;

void keep(char (&why)[120], const char* words, int size) {
  snprintf(why, sizeof why, "%.*s", size, words);
}

}  // namespace

void LinkUpdater::download(const char* url) {
  abandon();
  if (!slots_.erase()) {
    end("the memory fails");
    return;
  }
  transfer_ += 2;
  fetching_ = true;
  state_ = State::Working;
  twin_.file_get(transfer_, url);
}

void LinkUpdater::file_data(uint32_t transfer, const uint8_t* data, int size) {
  if (!fetching_ || transfer != transfer_ || slots_.append(data, size)) return;
  abandon();
  end("the memory fails");
}

void LinkUpdater::file_done(uint32_t transfer, link::FileOutcome outcome, const char* why,
                            int size) {
  if (!fetching_ || transfer != transfer_) return;
  fetching_ = false;
  slots_.close();
  end(nullptr);
  if (outcome == link::FileOutcome::Done) return;
  state_ = State::Failed;
  keep(why_, why, size);
}

void LinkUpdater::verify(const uint8_t* key, int key_size, const uint8_t* signature,
                         int signature_size) {
  uint8_t digest[certificates::kDigestBytes];
  if (!slots_.digest(digest)) {
    end("the memory fails");
    return;
  }
  const bool good = certificates::is_signed(digest, key, key_size, signature, signature_size);
  end(good ? nullptr : "not the signature of who has signed the order");
}

void LinkUpdater::install() {
  installing_ = true;
  installed_at_us_ = clock_.now_us() + kInstallUs;
  state_ = State::Working;
}

hal::Updater::State LinkUpdater::state() {
  if (installing_ && clock_.now_us() >= installed_at_us_) {
    installing_ = false;
    end(slots_.activate());
  }
  return state_;
}

void LinkUpdater::abandon() {
  if (fetching_) twin_.file_drop(transfer_);
  fetching_ = installing_ = false;
  state_ = State::Idle;
  slots_.close();
}

void LinkUpdater::end(const char* wrong) {
  state_ = wrong == nullptr ? State::Done : State::Failed;
  snprintf(why_, sizeof why_, "%s", wrong == nullptr ? "" : wrong);
}

void LinkUploader::begin(const char* url, const char* name) {
  abandon();
  transfer_ += 2;
  state_ = State::Sending;
  twin_.file_put(transfer_, name, url);
}

int LinkUploader::put(const char* text, int size) {
  if (size > link::kMostFile) size = link::kMostFile;
  twin_.file_text(transfer_, text, size);
  return size;
}

void LinkUploader::finish() { twin_.file_end(transfer_); }

void LinkUploader::abandon() {
  if (state_ == State::Sending) twin_.file_drop(transfer_);
  state_ = State::Idle;
}

void LinkUploader::file_done(uint32_t transfer, link::FileOutcome outcome, const char* why,
                             int size) {
  if (state_ != State::Sending || transfer != transfer_) return;
  switch (outcome) {
    case link::FileOutcome::Done:
      state_ = State::Done;
      break;
    case link::FileOutcome::Failed:
      state_ = State::Failed;
      break;
    case link::FileOutcome::Denied:
      state_ = State::Denied;
      break;
  }
  keep(why_, why, size);
}

}  // namespace evse::host
