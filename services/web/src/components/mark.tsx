/** The product's mark. */
export function Mark({ size = 24 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" fill="#0b6e85" />
      <path
        d="M6 9.500c4 0 4 4 8 4s4-4 8-4 3 1.500 4 2.500M6 16c4 0 4 4 8 4s4-4 8-4 3 1.500 4 2.500M6 22.500c4 0 4 4 8 4"
        fill="none"
        stroke="#fff"
        strokeWidth="2.600"
        strokeLinecap="round"
      />
    </svg>
  );
}
