#include "certificate_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace evse::host {

bool CertificateFiles::path(char (&path)[kPath], const char* name, const char* suffix) const {
  const int size = snprintf(path, sizeof path, "%s/certificates%s%s%s", directory_,
                            *name == '\0' ? "" : "/", name, suffix);
  return size > 0 && size < static_cast<int>(sizeof path);
}

bool CertificateFiles::has(const char* name) const {
  char at[kPath];
  return path(at, name, ".pem") && access(at, F_OK) == 0;
}

bool CertificateFiles::read(const char* name, char* text, int capacity) const {
  char at[kPath];
  if (!path(at, name, ".pem")) return false;
  FILE* file = fopen(at, "rbe");
  if (file == nullptr) return false;
  const auto room = static_cast<size_t>(capacity);
  const size_t size = fread(text, 1, room, file);
  const bool good = ferror(file) == 0 && size < room && memchr(text, '\0', size) == nullptr;
  fclose(file);
  text[good ? size : 0] = '\0';
  return good;
}

bool CertificateFiles::write(const char* name, const char* text) {
  char at[kPath];
  char beside[kPath];
  if (!path(at, "", "") || (mkdir(at, 0700) != 0 && errno != EEXIST)) return false;
  if (!path(at, name, ".pem") || !path(beside, name, ".new")) return false;
  const int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  const size_t size = strlen(text);
  const bool written = ::write(file, text, size) == static_cast<ssize_t>(size);
  const bool closed = close(file) == 0;
  // One or the other, whenever power goes.
  return written && closed && rename(beside, at) == 0;
}

bool CertificateFiles::erase(const char* name) {
  char at[kPath];
  return path(at, name, ".pem") && unlink(at) == 0;
}

}  // namespace evse::host
