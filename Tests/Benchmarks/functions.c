/* A plain C library, to call by its signature. */
double add(double left, double right)
{
    return left + right;
}
