import Type, { type Static } from 'typebox';

export const EstimatorInfo = Type.Object({
  name: Type.String(),
  title: Type.String(),
  estimand: Type.String(),
  requires: Type.Array(Type.String()),
  optional: Type.Array(Type.String()),
  treatment: Type.Union([Type.String(), Type.Null()], {
    description: "'binary' or 'any numeric'; null: not settled before the method is available",
  }),
  bootstrap: Type.Boolean(),
  available: Type.Boolean(),
  docs: Type.Union([Type.String(), Type.Null()]),
});
export type EstimatorInfo = Static<typeof EstimatorInfo>;
export const EstimatorCatalogue = Type.Object({ estimators: Type.Array(EstimatorInfo) }, { $id: 'EstimatorCatalogue' });

export const FigureInfo = Type.Object({
  name: Type.String(),
  title: Type.String(),
  requires: Type.Array(Type.String()),
  available: Type.Boolean(),
});
export type FigureInfo = Static<typeof FigureInfo>;
export const FigureCatalogue = Type.Object({ figures: Type.Array(FigureInfo) }, { $id: 'FigureCatalogue' });
