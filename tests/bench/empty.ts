/** The start of a program that does nothing. */
