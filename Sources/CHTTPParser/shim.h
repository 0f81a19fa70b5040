// http-parser, and what Swift cannot say of it.
#ifndef MARTLET_CHTTPPARSER_SHIM_H
#define MARTLET_CHTTPPARSER_SHIM_H
#include <http_parser.h>
#endif
