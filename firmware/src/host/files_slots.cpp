#include "files_slots.h"

#include <errno.h>
#include <mbedtls/sha256.h>
#include <string.h>

namespace evse::host {

namespace {

constexpr char kMagic[] = "EVSEFW1\n";
constexpr int kMagicBytes = sizeof kMagic - 1;
constexpr size_t kPiece = 16384;

// SHA-256 of what is left of a file. False: it cannot be read.
bool digest_of(FILE* file, uint8_t (&digest)[certificates::kDigestBytes]) {
  uint8_t piece[kPiece];
  mbedtls_sha256_context sum;
  mbedtls_sha256_init(&sum);
  bool good = mbedtls_sha256_starts_ret(&sum, 0) == 0;
  for (size_t size = 0; (size = fread(piece, 1, sizeof piece, file)) > 0;) {
    good = mbedtls_sha256_update_ret(&sum, piece, size) == 0 && good;
  }
  good = mbedtls_sha256_finish_ret(&sum, digest) == 0 && good && ferror(file) == 0;
  mbedtls_sha256_free(&sum);
  return good;
}

// UTF-8 without control characters (RFC 3629, without its finer points).
bool is_text(const char* text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text);
  while (*at != 0) {
    const int more = *at < 0x80 ? 0 : *at >= 0xF0 ? 3 : *at >= 0xE0 ? 2 : 1;
    if (*at < 0x20 || *at == 0x7F || (*at >= 0x80 && *at < 0xC2) || *at > 0xF4) return false;
    ++at;
    for (int i = 0; i < more; ++i) {
      if ((*at & 0xC0) != 0x80) return false;
      ++at;
    }
  }
  return true;
}

}  // namespace

bool ImageSlots::path(char (&path)[kPath], const char* name, int slot) const {
  const int size = slot < 0 ? snprintf(path, sizeof path, "%s/%s", directory_, name)
                            : snprintf(path, sizeof path, "%s/%s%d.bin", directory_, name, slot);
  return size > 0 && size < static_cast<int>(sizeof path);
}

bool ImageSlots::open(const char* directory) {
  directory_ = directory;
  char name[kPath];
  if (!path(name, "slot.txt")) return false;
  FILE* file = fopen(name, "rbe");
  if (file == nullptr) return errno == ENOENT;
  char text[kLongestVersion + 4] = "";
  const size_t size = fread(text, 1, sizeof text - 1, file);
  fclose(file);
  const bool slot = (text[0] == '0' || text[0] == '1') && text[1] == ' ';
  if (!slot || size < 3 || size > kLongestVersion + 2 || strlen(text) != size || !is_text(text)) {
    errno = EINVAL;
    return false;
  }
  running_ = static_cast<uint8_t>(text[0] - '0');
  memcpy(version_, text + 2, size - 1);
  return true;
}

FILE* ImageSlots::inactive(const char* mode) const {
  char name[kPath];
  return path(name, "slot", 1 - running_) ? fopen(name, mode) : nullptr;
}

bool ImageSlots::erase() {
  close();
  written_ = inactive("wbe");
  return written_ != nullptr;
}

bool ImageSlots::append(const uint8_t* data, int size) {
  const auto bytes = static_cast<size_t>(size);
  // Flushed, as power that goes kills the program and nothing else.
  return written_ != nullptr && fwrite(data, 1, bytes, written_) == bytes && fflush(written_) == 0;
}

void ImageSlots::close() {
  if (written_ != nullptr) fclose(written_);
  written_ = nullptr;
}

bool ImageSlots::digest(uint8_t (&digest)[certificates::kDigestBytes]) {
  close();
  FILE* file = inactive("rbe");
  if (file == nullptr) return false;
  const bool good = digest_of(file, digest);
  fclose(file);
  return good;
}

const char* ImageSlots::read_version(char (&version)[kLongestVersion + 1]) const {
  FILE* file = inactive("rbe");
  if (file == nullptr) return "there is no image";
  uint8_t head[kMagicBytes + certificates::kDigestBytes];
  uint8_t found[certificates::kDigestBytes];
  const char* wrong = nullptr;
  if (fread(head, 1, sizeof head, file) != sizeof head ||
      memcmp(head, kMagic, kMagicBytes) != 0) {
    wrong = "not a firmware image of this charger";
  } else if (!digest_of(file, found)) {
    wrong = "the memory fails";
  } else if (memcmp(head + kMagicBytes, found, sizeof found) != 0) {
    wrong = "damaged: its SHA-256 is not what its header says";
  } else {
    fseek(file, sizeof head, SEEK_SET);
    const int length = fgetc(file);
    const bool fits = length >= 1 && length <= kLongestVersion;
    memset(version, 0, sizeof version);
    if (!fits || fread(version, 1, static_cast<size_t>(length), file) !=
                     static_cast<size_t>(length)) {
      wrong = "its header names no version";
    } else if (strlen(version) != static_cast<size_t>(length) || !is_text(version)) {
      wrong = "its version is no text";
    }
  }
  fclose(file);
  return wrong;
}

const char* ImageSlots::activate() {
  close();
  char version[kLongestVersion + 1] = "";
  const char* wrong = read_version(version);
  if (wrong != nullptr) return wrong;
  char now[kPath];
  char beside[kPath];
  if (!path(now, "slot.txt") || !path(beside, "slot.new")) return "the memory fails";
  FILE* file = fopen(beside, "wbe");
  if (file == nullptr) return "the memory fails";
  const bool written = fprintf(file, "%d %s", 1 - running_, version) > 0;
  const bool closed = fclose(file) == 0;
  // One or the other, whenever power goes.
  return written && closed && rename(beside, now) == 0 ? nullptr : "the memory fails";
}

}  // namespace evse::host
