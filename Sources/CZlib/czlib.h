// zlib, the system's: https://zlib.net/manual.html
#ifndef CZLIB_H
#define CZLIB_H
#include <zlib.h>
#endif
